using DoorController.Hal;

namespace DoorController.Wire
{
    /// <summary>Derivations and tags of PROTOCOL.md section 1. Every HMAC input starts with a label of 8 bytes.</summary>
    public static class Keys
    {
        /// <summary>Length in bytes of every key but the seal key.</summary>
        public const int Length = 32;

        /// <summary>Length in bytes of an AES key, an IV and the seal key.</summary>
        public const int AesLength = 16;

        /// <summary>Length in bytes of a technician's or time challenge.</summary>
        public const int ChallengeLength = 8;

        /// <summary>Sub-key that seals a sync request.</summary>
        public const string Request = "dc1reqst";

        /// <summary>Sub-key that seals a sync reply.</summary>
        public const string Reply = "dc1reply";

        /// <summary>Sub-key that tags a list.</summary>
        public const string List = "dc1listk";

        /// <summary>Sub-key that tags a time token and a floor reset.</summary>
        public const string Time = "dc1timek";

        /// <summary>Sub-key that seals an audit page.</summary>
        public const string AuditPage = "dc1apage";

        /// <summary>Sub-key that chains audit records.</summary>
        public const string AuditChain = "dc1atagk";

        /// <summary>Sub-key that tags an acknowledgement.</summary>
        public const string Acknowledgement = "dc1acknk";

        /// <summary>Sub-key that seals a key update.</summary>
        public const string Update = "dc1keyup";

        /// <summary>Sub-key that answers a technician's challenge.</summary>
        public const string Technician = "dc1techk";

        /// <summary>Sub-key of a door key: HMAC over the label alone.</summary>
        /// <returns>32 bytes.</returns>
        public static byte[] SubKey(ICrypto crypto, byte[] doorKey, string label)
        {
            return Mac(crypto, doorKey, label, doorKey, 0, 0);
        }

        /// <summary>Credential key: what the phone proves. One for each door and credential.</summary>
        /// <param name="doorScopeKey">32 bytes.</param>
        /// <param name="frame">Holds the 52 bytes of the credential at <paramref name="offset"/>.</param>
        /// <returns>32 bytes.</returns>
        public static byte[] CredentialKey(ICrypto crypto, byte[] doorScopeKey, byte[] frame, int offset)
        {
            return Mac(crypto, doorScopeKey, "dc1credk", frame, offset, Credential.Length);
        }

        /// <summary>HMAC over a label and part of an array.</summary>
        /// <returns>32 bytes; a tag is the first 16 of them.</returns>
        public static byte[] Mac(ICrypto crypto, byte[] key, string label, byte[] data, int offset, int count)
        {
            byte[] input = new byte[Bytes.Label + count];
            Bytes.PutText(input, 0, label);
            System.Array.Copy(data, offset, input, Bytes.Label, count);
            return crypto.Hmac(key, input);
        }

        /// <summary>Tag over the Hello that the phone read and the request it made of it.</summary>
        /// <param name="count">Bytes of <paramref name="frame"/> before its tag.</param>
        /// <returns>32 bytes; the tag is the first 16 of them.</returns>
        public static byte[] UnlockMac(ICrypto crypto, byte[] credentialKey, byte[] hello, byte[] frame, int count)
        {
            byte[] input = new byte[Bytes.Label + 2 + hello.Length + count];
            PutExchange(input, "dc1unlck", hello, frame, count);
            return crypto.Hmac(credentialKey, input);
        }

        /// <summary>Tag over both sides' bytes and the first 12 of the Result.</summary>
        /// <returns>32 bytes; the tag is the first 16 of them.</returns>
        public static byte[] ResultMac(ICrypto crypto, byte[] credentialKey, byte[] hello, byte[] frame, byte[] result)
        {
            byte[] input = new byte[Bytes.Label + 2 + hello.Length + frame.Length + Result.TagOffset];
            int end = PutExchange(input, "dc1reslt", hello, frame, frame.Length);
            System.Array.Copy(result, 0, input, end, Result.TagOffset);
            return crypto.Hmac(credentialKey, input);
        }

        private static int PutExchange(byte[] input, string label, byte[] hello, byte[] frame, int count)
        {
            int at = Bytes.PutText(input, 0, label);
            input[at++] = (byte)hello.Length;
            at = Bytes.Put(input, at, hello);
            input[at++] = (byte)count;
            System.Array.Copy(frame, 0, input, at, count);
            return at + count;
        }
    }
}
