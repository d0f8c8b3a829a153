namespace DoorController.Wire
{
    /// <summary>Layout of the Unlock frame and its fragments: PROTOCOL.md section 3.</summary>
    public static class Unlock
    {
        /// <summary>Operation: open the door.</summary>
        public const int OperationUnlock = 1;

        /// <summary>Operation: select floors in an elevator car.</summary>
        public const int OperationFloors = 2;

        /// <summary>Bytes of the argument of operation floors.</summary>
        public const int FloorsLength = 8;

        /// <summary>Bytes of the attempt id.</summary>
        public const int AttemptIdLength = 8;

        /// <summary>Longest frame in bytes.</summary>
        public const int MaxLength = 1 + FloorsLength + Credential.Length + AttemptIdLength + Bytes.Tag;

        /// <summary>Bytes of a fragment's header.</summary>
        public const int FragmentHeader = 2;

        /// <summary>Frame bytes in every fragment but the last.</summary>
        public const int FragmentPayload = 18;

        /// <summary>Bit of the first byte: this is a fragment.</summary>
        public const int FragmentBit = 0x10;

        /// <summary>In place of a verdict: the frame is whole and can be read, and nothing was judged yet. Never on the air, never in the trail.</summary>
        public const int GoodForm = -1;

        /// <summary>First byte of a whole frame.</summary>
        public static byte FirstByte(int operation)
        {
            return (byte)((Hello.Version << 5) | operation);
        }

        /// <summary>True for the first byte of a whole frame or of fragment 0.</summary>
        public static bool BeginsFrame(byte firstByte)
        {
            return (firstByte & FragmentBit) == 0 || (firstByte & 0x0F) == 0;
        }

        /// <summary>Offset of the credential.</summary>
        public static int CredentialOffset(int operation)
        {
            return operation == OperationFloors ? 1 + FloorsLength : 1;
        }

        /// <summary>Checks version, operation and length of a whole frame, in this order.</summary>
        /// <returns><see cref="GoodForm"/> when it can be read, or the verdict that refuses it.</returns>
        public static int CheckForm(byte[] frame)
        {
            if (frame.Length == 0)
            {
                return Verdict.BadLength;
            }

            if (frame[0] >> 5 != Hello.Version)
            {
                return Verdict.BadVersion;
            }

            int operation = frame[0] & 0x1F;
            if (operation != OperationUnlock && operation != OperationFloors)
            {
                return Verdict.BadOperation;
            }

            return frame.Length == LengthOf(operation) ? GoodForm : Verdict.BadLength;
        }

        private static int LengthOf(int operation)
        {
            return CredentialOffset(operation) + Credential.Length + AttemptIdLength + Bytes.Tag;
        }
    }
}
