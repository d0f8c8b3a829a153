#nullable enable
using System;
using DoorController.Hal;

namespace DoorController.Wire
{
    /// <summary>The sealing of PROTOCOL.md section 1: encrypted under one half of a sub-key, tagged under the other.</summary>
    public static class Sealed
    {
        /// <summary>Bytes before the encrypted part.</summary>
        public const int HeaderLength = 25;

        private const int LengthOffset = 7;
        private const int IvOffset = 9;
        private const string Label = "dc1sealt";

        /// <summary>Bytes of a sealed blob with this many bytes of plain text.</summary>
        public static int LengthOf(int plainLength)
        {
            return HeaderLength + Padded(plainLength) + Bytes.Tag;
        }

        /// <summary>Seals.</summary>
        /// <param name="subKey">32 bytes, of the purpose and direction.</param>
        /// <param name="blobType">One of <see cref="BlobType"/>.</param>
        /// <param name="doorGeneration">Generation of the door key that the sub-key comes from.</param>
        /// <param name="plain">The text is its first <paramref name="count"/> bytes.</param>
        /// <returns>A new array of <see cref="LengthOf"/> bytes.</returns>
        public static byte[] Make(
            ICrypto crypto, IRandom random, byte[] subKey, int blobType, uint doorId, int doorGeneration, byte[] plain, int count)
        {
            byte[] iv = new byte[Keys.AesLength];
            random.Fill(iv);
            byte[] padded = new byte[Padded(count)];
            Array.Copy(plain, 0, padded, 0, count);
            byte[] cipher = crypto.Encrypt(Bytes.Part(subKey, 0, Keys.AesLength), iv, padded);

            byte[] blob = new byte[LengthOf(count)];
            blob[0] = (byte)blobType;
            Bytes.Put32(blob, 1, doorId);
            Bytes.Put16(blob, 5, doorGeneration);
            Bytes.Put16(blob, LengthOffset, count);
            Bytes.Put(blob, IvOffset, iv);
            int tagOffset = Bytes.Put(blob, HeaderLength, cipher);
            Array.Copy(MakeTag(crypto, subKey, blob, 0, tagOffset), 0, blob, tagOffset, Bytes.Tag);
            return blob;
        }

        /// <summary>Opens, after every check: length, type, door, generation, tag, padding.</summary>
        /// <param name="blob">Holds the sealed blob at <paramref name="offset"/>.</param>
        /// <param name="count">Its bytes.</param>
        /// <returns>The plain text in a new array; null when a check failed.</returns>
        public static byte[]? Open(
            ICrypto crypto, byte[] subKey, int blobType, uint doorId, int doorGeneration, byte[] blob, int offset, int count)
        {
            if (count < HeaderLength + Keys.AesLength + Bytes.Tag || blob[offset] != blobType)
            {
                return null;
            }

            int length = Bytes.U16(blob, offset + LengthOffset);
            if (length == 0 || LengthOf(length) != count || Bytes.U32(blob, offset + 1) != doorId
                || Bytes.U16(blob, offset + 5) != doorGeneration)
            {
                return null;
            }

            int tagOffset = count - Bytes.Tag;
            byte[] tag = MakeTag(crypto, subKey, blob, offset, tagOffset);
            return Bytes.SameInConstantTime(tag, 0, blob, offset + tagOffset, Bytes.Tag) ? Decrypt(crypto, subKey, blob, offset, length) : null;
        }

        private static byte[]? Decrypt(ICrypto crypto, byte[] subKey, byte[] blob, int offset, int length)
        {
            byte[] iv = Bytes.Part(blob, offset + IvOffset, Keys.AesLength);
            byte[] cipher = Bytes.Part(blob, offset + HeaderLength, Padded(length));
            byte[] padded = crypto.Decrypt(Bytes.Part(subKey, 0, Keys.AesLength), iv, cipher);
            if (!Bytes.AllZero(padded, length, padded.Length - length))
            {
                return null;
            }

            return padded.Length == length ? padded : Bytes.Part(padded, 0, length);
        }

        private static byte[] MakeTag(ICrypto crypto, byte[] subKey, byte[] blob, int offset, int count)
        {
            return Keys.Mac(crypto, Bytes.Part(subKey, Keys.AesLength, Keys.AesLength), Label, blob, offset, count);
        }

        private static int Padded(int length)
        {
            return (length + Keys.AesLength - 1) / Keys.AesLength * Keys.AesLength;
        }
    }
}
