using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Webhooks;

/// <summary>/webhooks/…</summary>
internal static class WebhookRoutes
{
    private const int MaxTypes = 50;
    private const int MaxUrl = 500;

    private static readonly string[] Reading = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/webhooks/create", CreateAsync);
        app.MapApi(Reading, "/webhooks/get", GetAsync);
        app.MapApi(Reading, "/webhooks/list", ListAsync);
        app.MapApi(["PUT", "POST"], "/webhooks/update", UpdateAsync);
        app.MapApi(["DELETE", "POST"], "/webhooks/delete", DeleteAsync);
    }

    private static async Task<object> CreateAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? url = p.Text("url", required: true, max: MaxUrl);
        bool isAddress = Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (call.Settings.IsPrivateAllowed && address.Scheme == Uri.UriSchemeHttp));
        if (url != null && !isAddress)
        {
            p.Refuse("url", "wanted an https address without a name of a user");
        }

        IReadOnlyList<string> types = Types(p, required: false) ?? [Webhook.AllTypes];
        p.Check();
        return new { webhook = Show(call, await call.Database.WriteAsync(s => WebhookBook.CreateAsync(s, call.WorkspaceId, address!.AbsoluteUri, types), call.Cancel)) };
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("webhook_id", required: true);
        call.Parameters.Check();
        return new { webhook = Show(call, await call.Database.QueryAsync(s => WebhookBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString()), call.Cancel)) };
    }

    private static async Task<object> ListAsync(Call call)
    {
        call.Parameters.Check();
        List<Webhook> webhooks = await call.Database.QueryAsync(s => WebhookBook.ListAsync(s, call.WorkspaceId), call.Cancel);
        return new { webhooks = webhooks.Select(webhook => Show(call, webhook)) };
    }

    private static async Task<object> UpdateAsync(Call call)
    {
        Guid? id = call.Parameters.Id("webhook_id", required: true);
        IReadOnlyList<string>? types = Types(call.Parameters, required: true);
        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await WebhookBook.ChangeAsync(s, await WebhookBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString()), types!);
                return 0;
            },
            call.Cancel);
        return new { };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("webhook_id", required: true);
        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await WebhookBook.DeleteAsync(s, await WebhookBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString()));
                return 0;
            },
            call.Cancel);
        return new { };
    }

    /// <summary>Types that there are, or all. One that a webhook waits for in vain would be no error that anybody notices.</summary>
    private static IReadOnlyList<string>? Types(Parameters p, bool required)
    {
        IReadOnlyList<string>? types = p.Texts("event_types", MaxTypes, required, max: 100);
        if (types is { Count: 0 } || types?.Except(Events.Types).Any(type => type != Webhook.AllTypes) == true)
        {
            p.Refuse("event_types", "wanted * or some of " + string.Join(", ", Events.Types));
        }

        return types == null ? null : [.. types.Distinct()];
    }

    private static object Show(Call call, Webhook webhook) => new
    {
        webhook_id = webhook.Id,
        workspace_id = webhook.WorkspaceId,
        url = webhook.Url,
        event_types = webhook.EventTypes,
        secret = WebhookClient.Secret(call.Site.Keys, webhook.Id),
        created_at = IsoTime.FromUs(webhook.CreatedUs),
        failures = webhook.Failures,
        failing_since = webhook.FailingUs is long failing ? IsoTime.FromUs(failing) : null,
        disabled_at = webhook.DisabledUs is long disabled ? IsoTime.FromUs(disabled) : null,
    };
}
