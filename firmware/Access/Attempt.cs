#nullable enable
using System;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>One Unlock frame on its way through the door, and what was found out about it.</summary>
    public sealed class Attempt
    {
        private static readonly byte[] None = new byte[0];

        /// <summary>A frame as it came, with the Hello that stood when it was judged.</summary>
        public Attempt(byte[] frame, byte[] hello)
        {
            Frame = frame;
            Hello = hello;
        }

        /// <summary>The whole frame, its tag included.</summary>
        public byte[] Frame { get; }

        /// <summary>The Hello it answers.</summary>
        public byte[] Hello { get; }

        /// <summary>Internal verdict, see <see cref="DoorController.Wire.Verdict"/>.</summary>
        public int Verdict { get; set; }

        /// <summary>Detail byte of the Result, 0 to 255.</summary>
        public int Detail { get; set; }

        /// <summary>Unix time in s that the floor must have passed for the refusal to be right; 0 when it does not rest on the floor.</summary>
        public uint RestsOnFloor { get; set; }

        /// <summary>Slot of the scope; −1 until it is known.</summary>
        public int Slot { get; set; } = -1;

        /// <summary>Credential key, 32 bytes, once the tag was right; else empty.</summary>
        public byte[] CredentialKey { get; set; } = None;

        /// <summary>The opened record, once the tag was right; else null.</summary>
        public Credential? Credential { get; set; }

        /// <summary>Generation whose keys proved it, once the tag was right.</summary>
        public int Generation { get; set; }

        /// <summary>Floors granted, bit i is floor i; 0 at a door.</summary>
        public int Floors { get; set; }

        /// <summary>Audit sequence of the attempt that a repeat repeats; 0 otherwise.</summary>
        public uint Sequence { get; set; }

        /// <summary>Operation of the frame, valid once its form was checked.</summary>
        public int Operation
        {
            get { return Frame[0] & 0x1F; }
        }

        /// <summary>Offset of the credential in the frame, valid once its form was checked.</summary>
        public int CredentialOffset
        {
            get { return Unlock.CredentialOffset(Operation); }
        }

        /// <summary>Offset of the attempt id in the frame, valid once its form was checked.</summary>
        public int IdOffset
        {
            get { return CredentialOffset + DoorController.Wire.Credential.Length; }
        }

        /// <summary>The floors that operation floors asks for.</summary>
        public ulong FloorsAsked
        {
            get { return BitConverter.ToUInt64(Frame, 1); }
        }
    }
}
