using System.Text;
using System.Text.Unicode;

namespace DoorController.Issuer;

/// <summary>
/// The one rule for every text that somebody else wrote, in a file or in a request: UTF-8, with or without a byte order mark, or UTF-16 with
/// one, which is what a Windows shell writes; lines end with LF or CRLF. Anything that is no Unicode is refused, and never repaired.
/// </summary>
public static class OutsideText
{
    private const string Fix = "save it as UTF-8";

    /// <summary>The text as UTF-8 without a byte order mark.</summary>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="OutsideTextException">It is no Unicode: one line that goes on after the text's name.</exception>
    public static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return FromUtf16(bytes[2..], isBigEndian: false);
        }

        if (span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return FromUtf16(bytes[2..], isBigEndian: true);
        }

        ReadOnlyMemory<byte> text = span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        if (text.Length > 1 && (text.Span[0] == 0 || text.Span[1] == 0))
        {
            throw new OutsideTextException($"is UTF-16 without a byte order mark: {Fix}");
        }

        return Utf8.IsValid(text.Span) ? text : throw new OutsideTextException($"is no UTF-8 text: {Fix}");
    }

    /// <summary>The text as a string without a byte order mark, its line ends as they are.</summary>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="OutsideTextException">It is no Unicode: one line that goes on after the text's name.</exception>
    public static string Decode(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(ToUtf8(bytes).Span);

    private static ReadOnlyMemory<byte> FromUtf16(ReadOnlyMemory<byte> bytes, bool isBigEndian)
    {
        try
        {
            return Encoding.UTF8.GetBytes(new UnicodeEncoding(isBigEndian, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes.Span));
        }
        catch (ArgumentException e)
        {
            throw new OutsideTextException($"is no UTF-16 text, though it begins as one: {Fix}", e);
        }
    }
}

/// <summary>A text from outside that cannot be taken. The message is one line that goes on after the text's name, and quotes no value.</summary>
public sealed class OutsideTextException : Exception
{
    /// <summary>A problem.</summary>
    public OutsideTextException(string message)
        : base(message)
    {
    }

    /// <summary>A problem that something below found.</summary>
    public OutsideTextException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
