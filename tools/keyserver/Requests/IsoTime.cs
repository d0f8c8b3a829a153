using System.Globalization;

namespace DoorController.KeyServer.Requests;

/// <summary>Times as the API writes them: ISO 8601, UTC, microseconds.</summary>
public static class IsoTime
{
    /// <summary>From microseconds since 1970.</summary>
    public static string FromUs(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>From seconds since 1970.</summary>
    public static string FromS(long seconds) => FromUs(seconds * 1_000_000);
}
