using DoorController.Hal;
using DoorController.Hal.Host;

namespace DoorController.Bench.Budget;

/// <summary>A device of this PC that stands in for one of the board's: no part of the device's heap.</summary>
internal interface IMetered;

/// <summary>
/// Counts what the firmware has allocated at most at any call of a device in one pass, without what the virtual devices of this PC allocate
/// themselves. An array that a device hands to the firmware counts; an array that was handed to one-shot cryptography as its data
/// was made for that call and is free after it; anything else counts as if it lived to the end of the pass.
/// </summary>
internal sealed class Meter
{
    private long _start;
    private long _notHeld;
    private long _most;

    public void Begin()
    {
        _notHeld = 0;
        _most = 0;
        _start = GC.GetAllocatedBytesForCurrentThread();
    }

    public int End()
    {
        Look();
        return (int)_most;
    }

    public T Call<T>(Func<T> device)
    {
        Look();
        long before = GC.GetAllocatedBytesForCurrentThread();
        T result = device();
        _notHeld += GC.GetAllocatedBytesForCurrentThread() - before;
        if (result is byte[] bytes)
        {
            _notHeld -= NanoHeap.OfArray(bytes.Length, 1);
        }

        Look();
        return result;
    }

    public void Call(Action device) => Call<object?>(() =>
    {
        device();
        return null;
    });

    /// <summary>An array that nobody uses any more.</summary>
    public void Free(byte[] array) => _notHeld += NanoHeap.OfArray(array.Length, 1);

    private void Look() => _most = Math.Max(_most, GC.GetAllocatedBytesForCurrentThread() - _start - _notHeld);
}

/// <summary>A virtual board whose devices cost nothing.</summary>
internal static class MeteredBoard
{
    public static Board Of(HostBoard host, Meter meter) => new(
        host.Clock, host.Random, new MeteredCrypto(host.Crypto, meter), new MeteredBle(host.Ble, meter), host.Strike, host.Floors, host.Inputs,
        host.Lamp, new MeteredFiles(host.Flash, meter), new MeteredNetwork(host.Network, meter), new MeteredSerial(host.Serial, meter), host.Power);

    private sealed class MeteredCrypto(ICrypto crypto, Meter meter) : ICrypto, IMetered
    {
        public byte[] Hmac(byte[] key, byte[] data) => Consume(data, () => crypto.Hmac(key, data));

        public byte[] Encrypt(byte[] key, byte[] iv, byte[] data) => Consume(data, () => crypto.Encrypt(key, iv, data));

        public byte[] Decrypt(byte[] key, byte[] iv, byte[] data) => Consume(data, () => crypto.Decrypt(key, iv, data));

        public uint Crc32(byte[] data, int offset, int count) => meter.Call(() => crypto.Crc32(data, offset, count));

        private byte[] Consume(byte[] data, Func<byte[]> device)
        {
            byte[] result = meter.Call(device);
            meter.Free(data);
            return result;
        }
    }

    private sealed class MeteredBle(IBle ble, Meter meter) : IBle, IMetered
    {
        public int Mtu => ble.Mtu;

        public bool Start(string name, IBleHandler handler) => meter.Call(() => ble.Start(name, handler));

        public void Stop() => meter.Call(ble.Stop);

        public void Notify(int characteristic, byte[] value) => meter.Call(() => ble.Notify(characteristic, value));
    }

    private sealed class MeteredFiles(IFiles files, Meter meter) : IFiles, IMetered
    {
        public int Length(string name) => meter.Call(() => files.Length(name));

        public int Read(string name, int position, byte[] buffer, int offset, int count) =>
            meter.Call(() => files.Read(name, position, buffer, offset, count));

        public bool Write(string name, int position, byte[] buffer, int offset, int count) =>
            meter.Call(() => files.Write(name, position, buffer, offset, count));

        public bool Replace(string name, byte[] buffer, int offset, int count) => meter.Call(() => files.Replace(name, buffer, offset, count));

        public bool Delete(string name) => meter.Call(() => files.Delete(name));

        public string[] List() => meter.Call(files.List);
    }

    private sealed class MeteredNetwork(INetwork network, Meter meter) : INetwork, IMetered
    {
        public bool IsUp => network.IsUp;

        public bool CanStart => network.CanStart;

        public int Status => network.Status;

        public bool Start(string path, byte[] body, int count) => meter.Call(() => network.Start(path, body, count));

        public int Poll() => network.Poll();

        public int Take(byte[] buffer) => meter.Call(() => network.Take(buffer));

        public void Cancel() => meter.Call(network.Cancel);
    }

    private sealed class MeteredSerial(ISerial serial, Meter meter) : ISerial, IMetered
    {
        public int Read(byte[] buffer) => meter.Call(() => serial.Read(buffer));

        public int Write(byte[] buffer, int offset, int count) => meter.Call(() => serial.Write(buffer, offset, count));
    }
}
