using System.Globalization;

namespace DoorController.Issuer;

/// <summary>
/// The one reader of times that somebody else wrote: RFC 3339 with its zone, and nothing else. A guess at a day and a month in the wrong order,
/// or at a zone, would open a door at the wrong time.
/// </summary>
public static class Rfc3339
{
    /// <summary>What is wanted, for an error's line.</summary>
    public const string Wanted = "a time with its zone in the form of ISO 8601 and RFC 3339, such as 2025-06-14T16:54:17Z or 2025-06-14T18:54:17+02:00, from 1970 to 2105 in UTC";

    private const string SecondsFormat = "yyyy-MM-dd'T'HH:mm:ss";
    private const int SecondsLength = 19;
    private const int MaxFraction = 9;
    private const long EndUs = 4_291_747_200_000_000; // 2106-01-01T00:00:00Z

    /// <summary>Reads a time.</summary>
    /// <param name="us">Microseconds since 1970-01-01 UTC, rounded down; 0 to the end of 2105.</param>
    /// <returns>False when it is none, has no zone or is out of range in UTC.</returns>
    public static bool TryRead(string text, out long us)
    {
        us = 0;
        if (text.Length is <= SecondsLength or > 40
            || !DateTime.TryParseExact(
                text.AsSpan(0, SecondsLength).ToString().Replace('t', 'T'), SecondsFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(SecondsLength);
        if (!TryTakeFraction(ref rest, out long fractionUs) || !TryReadZone(rest, out int minutes))
        {
            return false;
        }

        us = ((local - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + fractionUs - (minutes * 60_000_000L);
        return us is >= 0 and < EndUs;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<char> rest, out long us)
    {
        us = 0;
        if (rest[0] != '.')
        {
            return true;
        }

        int digits = 0;
        long unit = 100_000;
        while (digits + 1 < rest.Length && char.IsAsciiDigit(rest[digits + 1]))
        {
            us += (rest[digits + 1] - '0') * unit;
            unit /= 10;
            digits++;
        }

        rest = rest[(digits + 1)..];
        return digits is > 0 and <= MaxFraction;
    }

    private static bool TryReadZone(ReadOnlySpan<char> zone, out int minutes)
    {
        minutes = 0;
        if (zone is "Z" or "z")
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':'
            || !int.TryParse(zone[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            || !int.TryParse(zone[4..], NumberStyles.None, CultureInfo.InvariantCulture, out minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        minutes = ((hours * 60) + minutes) * (zone[0] == '-' ? -1 : 1);
        return true;
    }
}
