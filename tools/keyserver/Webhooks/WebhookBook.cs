using System.Text.Json;
using System.Text.Json.Nodes;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Webhooks;

/// <summary>
/// The webhooks and how far each was told. There is no queue beside the events: a webhook has its place in their one order, and who tells it holds it for a
/// time that he renews with each event, so that of many processes one tells it at a time.
/// </summary>
internal static class WebhookBook
{
    /// <summary>Webhooks that a workspace may have.</summary>
    public const int MaxWebhooks = 20;

    /// <summary>Microseconds for which a process holds a webhook: twice what one try may take.</summary>
    public const long LeaseUs = 2 * WebhookClient.TimeoutS * 1_000_000L;

    private const int MaxDue = 1000;

    /// <summary>A wait or a hold that is longer than any can be was made by a clock that leapt, and is over.</summary>
    private const string IsDue =
        "disabled_us IS NULL AND (next_try_us <= @now OR next_try_us > @now + @longest) AND (lease_until_us <= @now OR lease_until_us > @now + @lease OR lease_owner = @owner)";

    /// <summary>Makes a webhook, which is told what happens from now on.</summary>
    /// <exception cref="ApiException">409: the workspace has too many.</exception>
    public static async Task<Webhook> CreateAsync(Session s, string workspaceId, string url, IReadOnlyList<string> types)
    {
        if (await s.NumberAsync("SELECT COUNT(*) FROM webhooks WHERE workspace_id = @workspace", ("workspace", workspaceId)) >= MaxWebhooks)
        {
            throw new ApiException(409, "too_many_webhooks", $"a workspace has at most {MaxWebhooks} webhooks: delete some first");
        }

        string id = Guid.NewGuid().ToString();
        await s.ExecuteAsync(
            """
            INSERT INTO webhooks (webhook_id, workspace_id, url, event_types, created_us, ordinal, told_change, told_part, failures, next_try_us, lease_until_us)
            VALUES (@id, @workspace, @url, @types, @now, @change, @change, 0, 0, 0, 0)
            """,
            ("id", id), ("workspace", workspaceId), ("url", url), ("types", JsonSerializer.Serialize(types)), ("now", s.NowUs), ("change", s.Change));
        return await GetAsync(s, workspaceId, id);
    }

    /// <summary>Reads a webhook.</summary>
    /// <exception cref="ApiException">404 webhook_not_found.</exception>
    public static async Task<Webhook> GetAsync(Session s, string workspaceId, string id) => await s.FirstAsync(
        $"SELECT {Webhook.Columns} FROM webhooks WHERE workspace_id = @workspace AND webhook_id = @id", Webhook.Read, ("workspace", workspaceId), ("id", id))
        ?? throw ApiException.NotFound("webhook");

    /// <summary>Reads all of a workspace.</summary>
    public static Task<List<Webhook>> ListAsync(Session s, string workspaceId) => s.QueryAsync(
        $"SELECT {Webhook.Columns} FROM webhooks WHERE workspace_id = @workspace ORDER BY ordinal", Webhook.Read, ("workspace", workspaceId));

    /// <summary>Changes which types it is told. One that was disabled is tried again at once.</summary>
    public static async Task ChangeAsync(Session s, Webhook webhook, IReadOnlyList<string> types)
    {
        await s.ExecuteAsync(
            "UPDATE webhooks SET event_types = @types, disabled_us = NULL, failures = 0, failing_us = NULL, next_try_us = 0 WHERE webhook_id = @id",
            ("types", JsonSerializer.Serialize(types)), ("id", webhook.Id));
    }

    /// <summary>Deletes a webhook: it is told nothing more, also after a restore.</summary>
    public static async Task DeleteAsync(Session s, Webhook webhook)
    {
        await s.ExecuteAsync("DELETE FROM webhooks WHERE webhook_id = @id", ("id", webhook.Id));
        await s.MarkAsync(MarkKind.WebhookDeleted, webhook.Id, 1);
    }

    /// <summary>Ids of those that may be told something now.</summary>
    public static Task<List<string>> DueAsync(Session s, string owner) => s.QueryAsync(
        $"""
        SELECT webhook_id FROM webhooks w WHERE {IsDue} AND EXISTS (SELECT 1 FROM events e WHERE e.workspace_id = w.workspace_id
            AND (e.change > w.told_change OR (e.change = w.told_change AND e.part > w.told_part))) LIMIT {MaxDue}
        """,
        row => row.Text(0),
        Hold(s, owner));

    /// <summary>Takes hold of one that is due, or holds it for longer.</summary>
    /// <returns>Null when another process tells it, or nobody may now.</returns>
    public static async Task<Webhook?> HoldAsync(Session s, string owner, string id) => await s.ExecuteAsync(
        $"UPDATE webhooks SET lease_owner = @owner, lease_until_us = @now + @lease WHERE webhook_id = @id AND {IsDue}", [.. Hold(s, owner), ("id", id)]) == 0
        ? null
        : await s.FirstAsync($"SELECT {Webhook.Columns} FROM webhooks WHERE webhook_id = @id", Webhook.Read, ("id", id));

    /// <summary>The next events that it was not told, whatever their type, in their order.</summary>
    public static Task<List<TellableEvent>> NextAsync(Session s, Webhook webhook, int most) => s.QueryAsync(
        $"""
        SELECT {EventShape.Columns} FROM events WHERE workspace_id = @workspace AND (change > @change OR (change = @change AND part > @part))
        ORDER BY change, part LIMIT @most
        """,
        row => new TellableEvent(
            new EventPlace(row.Long(EventShape.Change), row.Long(EventShape.Part)), row.Text(0), row.Text(1), EventShape.Read(row).ToJsonString(Api.Json)),
        ("workspace", webhook.WorkspaceId), ("change", webhook.Told.Change), ("part", webhook.Told.Part), ("most", most));

    /// <summary>Notes that it was told all up to an event, and holds it on.</summary>
    /// <returns>False when another process holds it by now, or it was deleted.</returns>
    public static async Task<bool> NoteToldAsync(Session s, string owner, string id, EventPlace told) => await s.ExecuteAsync(
        """
        UPDATE webhooks SET told_change = @change, told_part = @part, failures = 0, failing_us = NULL, next_try_us = 0, lease_until_us = @until
        WHERE webhook_id = @id AND lease_owner = @owner AND disabled_us IS NULL
        """,
        ("change", told.Change), ("part", told.Part), ("until", s.NowUs + LeaseUs), ("id", id), ("owner", owner)) > 0;

    /// <summary>Notes that a try failed: it is tried again after a while, by whoever comes first.</summary>
    public static Task NoteFailedAsync(Session s, string owner, Webhook webhook, long waitUs) => s.ExecuteAsync(
        """
        UPDATE webhooks SET failures = @failures, failing_us = COALESCE(failing_us, @now), next_try_us = @next, lease_owner = NULL, lease_until_us = 0
        WHERE webhook_id = @id AND lease_owner = @owner
        """,
        ("failures", webhook.Failures + 1), ("now", s.NowUs), ("next", s.NowUs + waitUs), ("id", webhook.Id), ("owner", owner));

    /// <summary>Lets go of it.</summary>
    public static Task LetGoAsync(Session s, string owner, string id) => s.ExecuteAsync(
        "UPDATE webhooks SET lease_owner = NULL, lease_until_us = 0 WHERE webhook_id = @id AND lease_owner = @owner", ("id", id), ("owner", owner));

    /// <summary>Ends the telling, and says so: by an alarm, and by an event to the others.</summary>
    public static async Task DisableAsync(Session s, Webhook webhook, string why)
    {
        if (await s.ExecuteAsync(
            "UPDATE webhooks SET disabled_us = @now, lease_owner = NULL, lease_until_us = 0 WHERE webhook_id = @id AND disabled_us IS NULL",
            ("now", s.NowUs), ("id", webhook.Id)) > 0)
        {
            await Alarms.RaiseAsync(s, webhook.WorkspaceId, Alarms.WebhookDisabled, 0, 0, $"webhook {webhook.Id} of {new Uri(webhook.Url).Host}: {why}");
            await s.AddEventAsync(webhook.WorkspaceId, Events.WebhookDisabled, new JsonObject { ["webhook_id"] = webhook.Id });
        }
    }

    private static (string, object?)[] Hold(Session s, string owner) =>
        [("now", s.NowUs), ("owner", owner), ("lease", LeaseUs), ("longest", RetryWaits.LongestUs)];
}
