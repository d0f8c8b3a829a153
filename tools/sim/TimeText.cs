using DoorController.Diagnostics;

namespace DoorController.Sim;

/// <summary>A stretch of time as it is typed: "+90", "+15m", "+2h", "+3d".</summary>
internal static class TimeText
{
    private const long DayS = 86400;

    /// <summary>Reads it.</summary>
    /// <returns>Seconds; null when it is none, or longer than the days allowed.</returns>
    public static long? Seconds(string text, int maxDays)
    {
        long unit = text.LastOrDefault() switch { 'm' => 60, 'h' => 3600, 'd' => DayS, _ => 1 };
        string digits = text.Length > 1 && "smhd".Contains(text[^1], StringComparison.Ordinal) ? text[1..^1] : text[1..];
        return text[0] == '+' && LineText.TryNumber(digits, out uint count) && count * unit <= maxDays * DayS ? count * unit : null;
    }

    /// <summary>What to say of a text that is none.</summary>
    public static string Wanted(string text, int maxDays) =>
        $"time: wanted +N with s, m, h or d behind it, at most {maxDays} days, as in \"time +2h\"; is \"{text}\"";
}
