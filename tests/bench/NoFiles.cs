using DoorController.Hal;

namespace DoorController.Bench;

/// <summary>Flash that takes everything and costs nothing: leaves the flash step out of a measurement.</summary>
internal sealed class NoFiles(IFiles boot) : IFiles
{
    /// <summary>True once the boot is over and nothing is to be read or kept any more.</summary>
    public bool IsFree { get; set; }

    public int Length(string name) => IsFree ? -1 : boot.Length(name);

    public int Read(string name, int position, byte[] buffer, int offset, int count) =>
        IsFree ? -1 : boot.Read(name, position, buffer, offset, count);

    public bool Write(string name, int position, byte[] buffer, int offset, int count) =>
        IsFree || boot.Write(name, position, buffer, offset, count);

    public bool Replace(string name, byte[] buffer, int offset, int count) => IsFree || boot.Replace(name, buffer, offset, count);

    public bool Delete(string name) => IsFree || boot.Delete(name);

    public string[] List() => boot.List();
}
