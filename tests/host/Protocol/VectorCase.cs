using System;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Tests.Protocol
{
    /// <summary>One exchange of PROTOCOL.md section 11: how the door is set up, and what the phone writes.</summary>
    internal sealed record VectorCase(string Name, int Verdict, string Story)
    {
        /// <summary>Keys of the door; null for a door that lost them.</summary>
        public Bundle? Bundle { get; init; } = Site.Bundle(1);

        /// <summary>Floor selectors wired; 0 at a door.</summary>
        public int Floors { get; init; }

        /// <summary>What the record says.</summary>
        public CredentialRecord Record { get; init; } = Site.Record();

        /// <summary>Version byte inside the record.</summary>
        public byte RecordVersion { get; init; } = Credential.RecordVersion;

        /// <summary>Floors asked for; null for operation unlock.</summary>
        public ulong? Asked { get; init; }

        /// <summary>The list in force; null for none.</summary>
        public byte[]? List { get; init; }

        /// <summary>The strike is broken.</summary>
        public bool IsStrikeBroken { get; init; }

        /// <summary>Which attempt goes before, in a session of its own: none, the same, or another one of the same key.</summary>
        public VectorBefore Before { get; init; }

        /// <summary>The phone does not read Hello in its session.</summary>
        public bool WithoutHello { get; init; }

        /// <summary>What becomes of the frame on its way.</summary>
        public Func<byte[], byte[]> Alter { get; init; } = frame => frame;
    }

    /// <summary>What happened at the door before the exchange.</summary>
    internal enum VectorBefore
    {
        /// <summary>Nothing.</summary>
        Nothing,

        /// <summary>The same attempt, over another Hello.</summary>
        SameAttempt,

        /// <summary>Another attempt with the same key.</summary>
        OtherAttempt,
    }
}
