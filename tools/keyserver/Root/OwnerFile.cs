using System.Runtime.InteropServices;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>Files that only their owner can read, durable when a call returns.</summary>
internal static partial class OwnerFile
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Makes a folder that only its owner can enter, when there is none.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, FolderMode700);
        }
    }

    /// <summary>Makes a new file.</summary>
    /// <exception cref="IOException">It is there already.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        using (FileStream stream = Open(path, FileMode.CreateNew))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Replaces a file as a whole: after a crash there is the old or the new one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string next = path + ".new";
        File.Delete(next);
        try
        {
            WriteNew(next, content);
        }
        catch (IOException)
        {
            File.Delete(next);
            throw;
        }

        File.Move(next, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Opens a file with owner-only rights where it is made.</summary>
    public static FileStream Open(string path, FileMode mode)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        return new FileStream(path, options);
    }

    /// <summary>Holds a file against every other process until it is closed, also by the end of this process.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    public static FileStream Hold(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        return new FileStream(path, options);
    }

    /// <summary>Refuses a file that others can read.</summary>
    /// <exception cref="KeyServerException">They can.</exception>
    public static void CheckOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(FileMode600 | UnixFileMode.UserExecute)) != 0)
        {
            throw new KeyServerException($"others than its owner can read {path}", $"chmod 600 {path}");
        }
    }

    /// <summary>A name in a folder is durable only when the folder itself was written: .NET has no call for that.</summary>
    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        int handle = OpenFolder(folder, 0);
        if (handle < 0 || Sync(handle) != 0)
        {
            throw new IOException($"{folder} could not be written to disk");
        }

        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
