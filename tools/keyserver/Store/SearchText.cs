namespace DoorController.KeyServer.Store;

/// <summary>
/// How a search compares: folded here and stored folded, because the two databases fold letters beyond ASCII differently, or not at all. Letters are
/// compared one by one: an é of one character is not an e with an accent behind it.
/// </summary>
internal static class SearchText
{
    /// <summary>A text without the difference of large and small letters. By way of the large ones, which ς and σ share.</summary>
    public static string Fold(string text) => text.ToUpperInvariant().ToLowerInvariant();

    /// <summary>What is stored of a row: its texts on a line each, so that no search finds the end of one and the begin of the next.</summary>
    public static string Row(params string?[] texts) => string.Join('\n', texts.OfType<string>().Select(Fold));

    /// <summary>A pattern for LIKE with the escape !, which finds a text anywhere in a row.</summary>
    public static string Pattern(string search) => '%' + Fold(search)
        .Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal) + '%';
}
