using DoorController.KeyServer.Measure;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Webhooks;

/// <summary>
/// Tells one webhook what it was not told, event after event: the next goes out when the last was taken and that is noted. So a crash in between sends one
/// event again, with the same id, and nothing else does.
/// </summary>
internal sealed partial class WebhookTeller(Site site, WebhookClient client, Meters meters, ILogger<WebhookTeller> log)
{
    private const int AtOnce = 50;

    /// <summary>A timer may be early by a little.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(5);

    private readonly string _owner = site.ProcessName;

    /// <summary>Webhooks that may be told something now.</summary>
    public Task<List<string>> DueAsync(CancellationToken cancel) => site.Database.QueryAsync(s => WebhookBook.DueAsync(s, _owner), cancel);

    /// <summary>Tells one webhook all that there is for it, until a try fails.</summary>
    public async Task RunAsync(string id, CancellationToken cancel)
    {
        while (await site.Database.AppendAsync(s => WebhookBook.HoldAsync(s, _owner, id), cancel) is Webhook webhook)
        {
            List<TellableEvent> events = await site.Database.QueryAsync(s => WebhookBook.NextAsync(s, webhook, AtOnce), cancel);
            if (events.Count == 0)
            {
                await AppendAsync(s => WebhookBook.LetGoAsync(s, _owner, id));
                return;
            }

            if (!await TellAsync(webhook, events, cancel))
            {
                return;
            }
        }
    }

    /// <returns>False when it ends here: a try failed, another process holds the webhook, or the server stops.</returns>
    private async Task<bool> TellAsync(Webhook webhook, List<TellableEvent> events, CancellationToken cancel)
    {
        for (int i = 0; i < events.Count; i++)
        {
            bool isWanted = webhook.Wants(events[i].Type);
            bool isNoted = isWanted || i == events.Count - 1;
            if (isWanted)
            {
                (string? problem, bool isGone) = await client.SendAsync(webhook, events[i], site.Database.Clock.GetUtcNow().ToUnixTimeSeconds());
                meters.Told(problem == null);
                if (problem != null)
                {
                    return await FailAsync(webhook, problem, isGone, cancel);
                }

                webhook = webhook with { Failures = 0, FailingUs = null };
            }

            // What was taken is noted although the server stops: else it would be sent again.
            if (isNoted && !await site.Database.AppendAsync(s => WebhookBook.NoteToldAsync(s, _owner, webhook.Id, events[i].Place), CancellationToken.None))
            {
                return false;
            }

            if (cancel.IsCancellationRequested)
            {
                await AppendAsync(s => WebhookBook.LetGoAsync(s, _owner, webhook.Id));
                return false;
            }
        }

        return true;
    }

    /// <returns>True when it is tried again here and now.</returns>
    private async Task<bool> FailAsync(Webhook webhook, string problem, bool isGone, CancellationToken cancel)
    {
        NotTaken(log, webhook.Id, problem, webhook.Failures + 1);
        TrustedClock clock = site.Database.Clock;
        if (isGone || (clock.IsTrusted && clock.NowUs - webhook.FailingUs >= RetryWaits.GiveUpUs))
        {
            await site.Database.WriteAsync(
                async s =>
                {
                    await WebhookBook.DisableAsync(s, webhook, problem);
                    return 0;
                },
                CancellationToken.None);
            return false;
        }

        long waitUs = RetryWaits.AfterUs(webhook.Failures);
        await AppendAsync(s => WebhookBook.NoteFailedAsync(s, _owner, webhook, waitUs));
        if (waitUs > RetryWaits.ShortUs)
        {
            return false;
        }

        await Task.Delay(TimeSpan.FromMicroseconds(waitUs) + Margin, cancel);
        return true;
    }

    private Task<int> AppendAsync(Func<Session, Task> work) => site.Database.AppendAsync(async s =>
    {
        await work(s);
        return 0;
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "webhook {Id} was not told ({Problem}), {Failures} times in a row")]
    private static partial void NotTaken(ILogger log, string id, string problem, int failures);
}
