using System;
using DoorController.Hal;

namespace DoorController.Wire
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

        /// <summary>The 28 bytes for somebody who proved a credential, the tag still to come: <see cref="Seal"/>.</summary>
        /// <param name="verdict">Internal verdict.</param>
        /// <param name="detail">0 to 255, as the verdict says.</param>
        /// <param name="epoch">Audit epoch; 0 without a record.</param>
        /// <param name="sequence">Audit sequence; 0 without a record.</param>
        /// <param name="holdMs">Hold time that is left, 0 to 65,535 ms.</param>
        public static byte[] Compose(int verdict, int detail, uint epoch, uint sequence, int holdMs)
        {
            byte[] result = new byte[TaggedLength];
            result[0] = (byte)Verdict.OnAir(verdict);
            result[1] = (byte)detail;
            Bytes.Put32(result, 2, epoch);
            Bytes.Put32(result, 6, sequence);
            Bytes.Put16(result, 10, holdMs);
            return result;
        }

        /// <summary>Tags a Result that was composed, for the Unlock that it answers.</summary>
        public static void Seal(ICrypto crypto, byte[] credentialKey, byte[] hello, byte[] unlock, byte[] result)
        {
            byte[] mac = Keys.ResultMac(crypto, credentialKey, hello, unlock, result);
            Array.Copy(mac, 0, result, TagOffset, Bytes.Tag);
        }
    }
}
