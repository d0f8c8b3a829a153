using DoorController.Issuer;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>A person's key for one door of a scene.</summary>
    /// <param name="Record">What its credential says.</param>
    /// <param name="Key">What the phone has.</param>
    internal sealed record SceneKey(CredentialRecord Record, PhoneKey Key);

    /// <summary>One genuine Unlock frame, as it left a phone: all that may energise a strike for a credential, and once.</summary>
    internal sealed class SceneProof(SceneKey key, byte[] hello, byte[] attemptId, byte[] frame, ulong? floors, int boot, long helloMs)
    {
        public SceneKey Key => key;

        public byte[] Hello => hello;

        public byte[] AttemptId => attemptId;

        public byte[] Frame => frame;

        public ulong? Floors => floors;

        /// <summary>Boot of the door in which the Hello was read.</summary>
        public int Boot => boot;

        /// <summary>When the Hello was first read, world ms.</summary>
        public long HelloMs => helloMs;

        /// <summary>It has energised the strike.</summary>
        public bool IsUsed { get; set; }

        /// <summary>The phone was answered, or has gone: nothing may come of it any more.</summary>
        public bool IsOver { get; set; }

        /// <summary>When it energised, world ms.</summary>
        public long UsedMs { get; set; }

        /// <summary>True when the door's answer is over this very frame.</summary>
        public bool IsAnswer(byte[] result) => result.Length == Result.TaggedLength && key.Key.IsFromTheDoor(hello, frame, result);
    }
}
