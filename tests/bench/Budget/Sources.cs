using System.Text.RegularExpressions;

namespace DoorController.Bench.Budget;

/// <summary>The source tree that this bench was built from: which part a type belongs to, and how much code each part has.</summary>
internal sealed partial class Sources
{
    /// <summary>Part of the adapters and of the device app's entry.</summary>
    public const string Adapters = "hal/esp32, Program";

    private readonly Dictionary<string, string> _parts = [];

    /// <summary>Reads the tree.</summary>
    /// <exception cref="InvalidOperationException">The bench does not run inside the repository.</exception>
    public Sources()
    {
        Root = FindRoot();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root, "firmware"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "hal"), "*.cs"))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "hal", "esp32"), "*.cs")))
        {
            Add(file);
        }
    }

    /// <summary>The repository.</summary>
    public string Root { get; }

    /// <summary>Characters of code, without comments and white space, of the portable part.</summary>
    public int PortableCharacters { get; private set; }

    /// <summary>The same of the adapters and the entry.</summary>
    public int AdapterCharacters { get; private set; }

    /// <summary>The files of the adapters, whole.</summary>
    public List<string> AdapterFiles { get; } = [];

    /// <summary>The part that a type belongs to.</summary>
    public string PartOf(string typeName) => _parts.GetValueOrDefault(typeName, "made by the compiler");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "firmware", "Firmware.projitems")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("run the bench inside the repository");
    }

    private void Add(string file)
    {
        string text = File.ReadAllText(file);
        string folder = Path.GetRelativePath(Root, Path.GetDirectoryName(file)!).Replace('\\', '/');
        bool isAdapter = folder == "hal/esp32" || Path.GetFileName(file) == "Program.cs";
        string part = isAdapter ? Adapters : folder;
        foreach (Match match in TypeName().Matches(text))
        {
            _parts[match.Groups[1].Value] = part;
        }

        int characters = White().Replace(Comment().Replace(text, ""), "").Length;
        PortableCharacters += isAdapter ? 0 : characters;
        AdapterCharacters += isAdapter ? characters : 0;
        if (isAdapter)
        {
            AdapterFiles.Add(text);
        }
    }

    [GeneratedRegex(@"\b(?:class|interface|enum|struct) (\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();
}
