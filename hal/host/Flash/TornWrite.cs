using System;

namespace DoorController.Hal.Host
{
    /// <summary>What is left of a write in which power went away.</summary>
    /// <param name="Old">The file before it.</param>
    /// <param name="New">The file as it was to be.</param>
    /// <param name="From">First byte that was written.</param>
    /// <param name="IsChange">True when a part of the file was written, false when the whole was replaced.</param>
    internal sealed record TornWrite(byte[] Old, byte[] New, int From, bool IsChange)
    {
        /// <summary>The bytes of the file after the cut; the very old array when nothing changed.</summary>
        public byte[] Landed(TornShape shape, int length)
        {
            int torn = Math.Clamp(length, From, New.Length);
            return shape switch
            {
                TornShape.Whole => New,
                TornShape.Torn => New[..torn],
                TornShape.Mixed => [.. New.AsSpan(0, torn), .. Old.AsSpan(Math.Min(torn, Old.Length))],
                TornShape.Garbage => [.. New.AsSpan(0, torn), .. Noise(torn)],
                TornShape.Empty when !IsChange => Array.Empty<byte>(),
                _ => Old,
            };
        }

        private byte[] Noise(int from)
        {
            byte[] noise = New[from..];
            for (int i = 0; i < noise.Length; i++)
            {
                noise[i] ^= (byte)((i % 255) + 1);
            }

            return noise;
        }
    }
}
