using DoorController.Hal;

namespace DoorController.Bench;

/// <summary>Flash that takes everything and costs nothing: leaves the flash step out of a measurement. It knows the last write only, for whoever reads it back.</summary>
internal sealed class NoFiles(IFiles boot) : IFiles
{
    private byte[] _last = [];
    private int _from;
    private int _count;

    /// <summary>True once the boot is over and nothing is to be kept any more.</summary>
    public bool IsFree { get; set; }

    public int Length(string name) => IsFree ? -1 : boot.Length(name);

    public int Read(string name, int position, byte[] buffer, int offset, int count)
    {
        if (!IsFree)
        {
            return boot.Read(name, position, buffer, offset, count);
        }

        int length = Math.Min(count, _count);
        Array.Copy(_last, _from, buffer, offset, length);
        return length;
    }

    public bool Write(string name, int position, byte[] buffer, int offset, int count) =>
        IsFree ? Take(buffer, offset, count) : boot.Write(name, position, buffer, offset, count);

    public bool Replace(string name, byte[] buffer, int offset, int count) =>
        IsFree ? Take(buffer, offset, count) : boot.Replace(name, buffer, offset, count);

    public bool Delete(string name) => IsFree || boot.Delete(name);

    public string[] List() => boot.List();

    private bool Take(byte[] buffer, int offset, int count)
    {
        (_last, _from, _count) = (buffer, offset, count);
        return true;
    }
}
