using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoorController.Issuer;

/// <summary>
/// The one reader of JSON for every program and every route. What it returns can be read without any further error: System.Text.Json
/// itself finds half a surrogate pair only when a value is asked for, and then throws what no caller expects.
/// </summary>
public static class JsonText
{
    /// <summary>Objects and arrays within each other at most.</summary>
    public const int MaxDepth = 16;

    private const int MaxShownName = 40;

    /// <summary>Reads a text.</summary>
    /// <param name="bytes">The whole text, in one of the encodings of <see cref="OutsideText"/>.</param>
    /// <exception cref="OutsideTextException">It is no JSON, no Unicode, nested deeper than <see cref="MaxDepth"/> or has a name twice in one object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> text = OutsideText.ToUtf8(bytes);
        Check(text.Span);
        return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
    }

    /// <summary>Reads a text as nodes that can be changed.</summary>
    /// <param name="bytes">The whole text, in one of the encodings of <see cref="OutsideText"/>.</param>
    /// <returns>Null for the JSON value null.</returns>
    /// <exception cref="OutsideTextException">As for <see cref="Parse"/>.</exception>
    public static JsonNode? ParseNode(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> text = OutsideText.ToUtf8(bytes);
        Check(text.Span);
        return JsonNode.Parse(text.Span, null, new JsonDocumentOptions { MaxDepth = MaxDepth });
    }

    /// <summary>Looks at every token: each string and name is whole Unicode, and no object has a name twice.</summary>
    private static void Check(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            throw new OutsideTextException("is empty");
        }

        // One more than is allowed, so that too deep is said as what it is.
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        Stack<HashSet<string>> names = new();
        try
        {
            while (reader.Read())
            {
                CheckToken(ref reader, names, text);
            }
        }
        catch (JsonException e)
        {
            throw new OutsideTextException($"is no JSON at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}", e);
        }
    }

    private static void CheckToken(ref Utf8JsonReader reader, Stack<HashSet<string>> names, ReadOnlySpan<byte> text)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= MaxDepth:
                throw new OutsideTextException($"is nested deeper than {MaxDepth} at {Place(text, reader.TokenStartIndex)}");
            case JsonTokenType.StartObject:
                names.Push([]);
                break;
            case JsonTokenType.EndObject:
                names.Pop();
                break;
            case JsonTokenType.PropertyName:
                CheckName(WholeString(ref reader, text), names.Peek(), text, reader.TokenStartIndex);
                break;
            case JsonTokenType.String:
                _ = WholeString(ref reader, text);
                break;
            default:
                break;
        }
    }

    private static void CheckName(string name, HashSet<string> names, ReadOnlySpan<byte> text, long start)
    {
        if (!names.Add(name))
        {
            string shown = string.Concat(name.Take(MaxShownName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '?'));
            throw new OutsideTextException($"has the name {shown} twice in one object at {Place(text, start)}");
        }
    }

    private static string WholeString(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new OutsideTextException($"has half a character (an escape such as \\ud83d alone) in the text at {Place(text, reader.TokenStartIndex)}", e);
        }
    }

    private static string Place(ReadOnlySpan<byte> text, long index)
    {
        ReadOnlySpan<byte> before = text[..(int)index];
        return $"line {before.Count((byte)'\n') + 1}, byte {before.Length - before.LastIndexOf((byte)'\n')}";
    }
}
