using System.Net;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Redeem;

/// <summary>
/// Counts wrong link codes and slows down who sends them: a code has 144 bits, so this protects the database, not the code. Bounded:
/// when too many addresses are known, those that are at rest are forgotten, and the rest share one allowance.
/// </summary>
/// <param name="clock">The time.</param>
public sealed class LinkGuard(TimeProvider clock)
{
    /// <summary>Wrong codes that one address may send at once.</summary>
    public const int Burst = 20;

    /// <summary>Seconds after which one more is allowed.</summary>
    public const int RefillS = 6;

    /// <summary>Addresses that are told apart.</summary>
    public const int MaxAddresses = 10000;

    private readonly Dictionary<UInt128, (double Left, long At)> _buckets = [];
    private readonly Lock _lock = new();
    private long _wrong;
    private long _refused;

    /// <summary>Wrong codes since the start.</summary>
    public long Wrong => Interlocked.Read(ref _wrong);

    /// <summary>Requests that were refused without a look at their code.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Refuses an address that sent too many wrong codes, whatever it sends this time.</summary>
    /// <exception cref="ApiException">429.</exception>
    public void Check(IPAddress? address)
    {
        lock (_lock)
        {
            if (Left(Key(address)) >= 1)
            {
                return;
            }
        }

        Interlocked.Increment(ref _refused);
        throw new ApiException(429, "too_many_requests", "too many links that are none came from this address") { RetryAfterS = RefillS };
    }

    /// <summary>Counts a wrong code.</summary>
    public void Count(IPAddress? address)
    {
        Interlocked.Increment(ref _wrong);
        lock (_lock)
        {
            UInt128 key = Key(address);
            double left = Left(key);
            if (!_buckets.ContainsKey(key) && _buckets.Count >= MaxAddresses)
            {
                Forget();
                key = _buckets.Count >= MaxAddresses ? UInt128.Zero : key;
            }

            _buckets[key] = (Math.Max(0, left - 1), clock.GetTimestamp());
        }
    }

    /// <summary>An IPv6 address counts as its /64, which one household or one attacker has whole.</summary>
    private static UInt128 Key(IPAddress? address)
    {
        if (address == null)
        {
            return UInt128.Zero;
        }

        byte[] bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        ulong value = bytes.Length == 4 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return new UInt128(bytes.Length == 4 ? 4UL : 6UL, value);
    }

    private double Left(UInt128 key) => _buckets.TryGetValue(key, out (double Left, long At) bucket)
        ? Math.Min(Burst, bucket.Left + (clock.GetElapsedTime(bucket.At).TotalSeconds / RefillS))
        : _buckets.Count >= MaxAddresses && key != UInt128.Zero ? Left(UInt128.Zero) : Burst;

    private void Forget()
    {
        foreach (UInt128 key in _buckets.Keys.Where(k => Left(k) >= Burst).ToArray())
        {
            _buckets.Remove(key);
        }
    }
}
