using System;
using DoorController.Hal;

namespace DoorController
{
    /// <summary>Makes the Result: PROTOCOL.md section 3.</summary>
    public static class Result
    {
        /// <summary>Offset of the tag, and bytes before it.</summary>
        public const int TagOffset = 12;

        /// <summary>Bytes of a tagged Result.</summary>
        public const int TaggedLength = TagOffset + Bytes.Tag;

        /// <summary>The Result while an attempt waits to be judged.</summary>
        public static byte[] Pending()
        {
            return new byte[] { (byte)Verdict.Pending };
        }

        /// <summary>The two bytes for somebody who proved nothing.</summary>
        public static byte[] Untagged(int verdict)
        {
            return new byte[] { (byte)Verdict.OnAir(verdict), (byte)(verdict == Verdict.BadVersion ? Hello.Version : 0) };
        }

        /// <summary>The 28 bytes for somebody who proved a credential.</summary>
        public static byte[] Tagged(ICrypto crypto, Attempt attempt, uint epoch, uint sequence, int holdMs)
        {
            byte[] result = new byte[TaggedLength];
            result[0] = (byte)Verdict.OnAir(attempt.Verdict);
            result[1] = (byte)attempt.Detail;
            Bytes.Put32(result, 2, epoch);
            Bytes.Put32(result, 6, sequence);
            Bytes.Put16(result, 10, holdMs);
            byte[] mac = Keys.ResultMac(crypto, attempt.CredentialKey, attempt.Hello, attempt.Frame, result);
            Array.Copy(mac, 0, result, TagOffset, Bytes.Tag);
            return result;
        }
    }
}
