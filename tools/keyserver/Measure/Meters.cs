using System.Diagnostics.Metrics;
using System.Globalization;

namespace DoorController.KeyServer.Measure;

/// <summary>What the server counts, as OpenTelemetry has it. No figure names a person, a key or a link.</summary>
public sealed class Meters : IDisposable
{
    private static int _made;

    private readonly Meter _meter;
    private readonly Counter<long> _syncs;
    private readonly Counter<long> _openings;
    private readonly Counter<long> _issued;
    private readonly Counter<long> _webhooks;

    /// <summary>Makes the instruments.</summary>
    public Meters()
    {
        int number = Interlocked.Increment(ref _made);
        Name = "DoorController.KeyServer" + (number == 1 ? string.Empty : "." + number.ToString(CultureInfo.InvariantCulture));
        _meter = new Meter(Name);
        _syncs = _meter.CreateCounter<long>("door.syncs", null, "Syncs of doors that were answered, or refused");
        _openings = _meter.CreateCounter<long>("door.openings", null, "Openings and refusals at doors whose events were made");
        _issued = _meter.CreateCounter<long>("door.credentials", null, "Credentials that phones were given");
        _webhooks = _meter.CreateCounter<long>("webhook.tries", null, "Events that a webhook took, or did not");
        Gauge("door.silent", () => Now.DoorsSilent, "Doors that used to sync and are silent");
        Gauge("door.registered", () => Now.Doors, "Doors in use");
        Gauge("door.alarms", () => Now.Alarms, "Alarms that nobody ended");
        Gauge("webhook.disabled", () => Now.WebhooksDisabled, "Webhooks that are told nothing more");
        _ = _meter.CreateObservableGauge("webhook.lag", () => Now.WebhookLagS, "s", "Age of the oldest event that a webhook was not told");
        _ = _meter.CreateObservableGauge("door.key_window_fill", () => Now.WindowFill, null, "Share of the key numbers that doors can tell apart which is in use, of the fullest scope");
    }

    /// <summary>Name of the meter. Further servers in one process have a number behind it, so that each counts its own.</summary>
    public string Name { get; }

    /// <summary>What gauges say; read from the database before each answer.</summary>
    public Gauges Now { get; set; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>A door synced.</summary>
    public void Synced(bool isAnswered) => _syncs.Add(1, new KeyValuePair<string, object?>("result", isAnswered ? "answered" : "refused"));

    /// <summary>A door opened, or refused.</summary>
    /// <param name="times">How often.</param>
    public void Opened(bool isGranted, long times) => _openings.Add(times, new KeyValuePair<string, object?>("result", isGranted ? "unlocked" : "access_denied"));

    /// <summary>A phone was given credentials.</summary>
    public void Issued(int credentials) => _issued.Add(credentials);

    /// <summary>A webhook was told an event.</summary>
    public void Told(bool isTaken) => _webhooks.Add(1, new KeyValuePair<string, object?>("result", isTaken ? "taken" : "failed"));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, Func<long> read, string what) => _meter.CreateObservableGauge(name, read, null, what);
}

/// <summary>What is so at a moment.</summary>
/// <param name="Doors">In use.</param>
/// <param name="DoorsSilent">That used to sync.</param>
/// <param name="Alarms">Of all kinds.</param>
/// <param name="WebhooksDisabled">That are told nothing more.</param>
/// <param name="WebhookLagS">Seconds since the oldest event was made that a webhook was not told.</param>
/// <param name="WindowFill">0 to 1, of the fullest scope.</param>
public sealed record Gauges(long Doors, long DoorsSilent, long Alarms, long WebhooksDisabled, double WebhookLagS, double WindowFill);
