namespace DoorController.Sim;

/// <summary>A line that somebody typed at a prompt, as words: commands in any case, and the words that everybody tries.</summary>
internal static class CommandLine
{
    /// <summary>Splits a line. Its first word is in lower case, <c>exit</c> is <c>quit</c>, and <c>?</c> is <c>help</c>.</summary>
    public static string[] Words(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = words[i].ToLowerInvariant();
        }

        if (words.Length > 0)
        {
            words[0] = words[0] switch { "exit" => "quit", "?" => "help", _ => words[0] };
        }

        return words;
    }
}
