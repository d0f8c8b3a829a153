using System.Text;
using DoorController.Issuer;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>The file that holds the site root: one line that says what it is, one of 64 hex digits. Nothing here prints the second.</summary>
internal static class RootFile
{
    private const string FirstLine = "door controller site root 1";

    /// <summary>Makes a root and its file.</summary>
    public static SiteRoot Make(string path)
    {
        SiteRoot root = SiteRoot.Create();
        string text = $"{FirstLine}\n{Convert.ToHexStringLower(root.Export())}\n";
        OwnerFile.WriteNew(path, Encoding.ASCII.GetBytes(text));
        return root;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="KeyServerException">It is not there, others can read it, or it is none.</exception>
    public static SiteRoot Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new KeyServerException($"there is no site root at {path}", "put the backup of it there; without it no door can be reached again");
        }

        OwnerFile.CheckOwnerOnly(path);
        string[] lines = File.ReadAllLines(path);
        if (lines.Length != 2 || lines[0] != FirstLine || lines[1].Length != 2 * SiteRoot.Length || !lines[1].All(char.IsAsciiHexDigit))
        {
            throw new KeyServerException($"{path} is no site root", "put the backup of it there");
        }

        return new SiteRoot(Convert.FromHexString(lines[1]));
    }
}
