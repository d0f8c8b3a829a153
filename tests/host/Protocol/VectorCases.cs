using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Tests.Protocol
{
    /// <summary>Each verdict of PROTOCOL.md section 5 at least once.</summary>
    internal static class VectorCases
    {
        private const uint Now = Site.Start;

        /// <summary>All cases, in the order of the document.</summary>
        public static IReadOnlyList<VectorCase> All { get; } =
        [
            new("granted", Verdict.Granted, "a key that is good"),
            new("granted-floors", Verdict.Granted, "an elevator car with 8 floors: 1, 2 and 5 asked for, 2 and 5 in the key")
            {
                Floors = 8, Record = Car, Asked = 0b100110,
            },
            new("repeated", Verdict.Repeated, "the same attempt was granted before, over the Hello before") { Before = VectorBefore.SameAttempt },
            new("busy", Verdict.Busy, "an attempt with the id b0 … b7 was granted before: its floors are selected for 5 s more")
            {
                Floors = 8, Record = Car, Asked = 0b100110, Before = VectorBefore.OtherAttempt,
            },
            new("bad-length", Verdict.BadLength, "the last byte is missing") { Alter = frame => frame[..^1] },
            new("bad-version", Verdict.BadVersion, "version 2 in the first byte") { Alter = frame => [0x41, .. frame[1..]] },
            new("bad-operation", Verdict.BadOperation, "operation 3") { Alter = frame => [0x23, .. frame[1..]] },
            new("no-hello", Verdict.NoHello, "Hello was read in the session before, not in this one; the frame is good over that Hello") { WithoutHello = true },
            new("bad-fragment", Verdict.BadFragment, "fragment 1 without fragment 0") { Alter = frame => PhoneKey.Fragment(frame)[1] },
            new("unknown-scope", Verdict.UnknownScope, "the credential is for scope 00A1B3, which is not in the bundle")
            {
                Record = Site.Record() with { ScopeId = Site.Scope + 1 },
            },
            new("unknown-generation", Verdict.UnknownGeneration, "the credential is of generation 2, under the keys of generation 2, which are not in the bundle")
            {
                Record = Site.Record() with { Generation = 2 },
            },
            new("not-proven", Verdict.NotProven, "a bit of the attempt id is altered on its way, after the tag was made") { Alter = frame => Flip(frame, 60) },
            new("keys-lost", Verdict.KeysLost, "the door has no bundle") { Bundle = null },
            new("unsupported-credential", Verdict.UnsupportedCredential, "the record says version 2") { RecordVersion = 2 },
            new("generation-retired", Verdict.GenerationRetired, "the bundle holds generation 2, and 1 until a day from now; the list says minimum generation 2")
            {
                Bundle = Rekeyed, List = List(minimumGeneration: 2),
            },
            new("list-lost", Verdict.ListLost, "the bundle says minimum list version 1749920057, the door has no list") { Bundle = Expecting },
            new("revoked", Verdict.Revoked, "the bit of key 5 is set") { List = List(bitmap: 1 << 5) },
            new("key-dead", Verdict.KeyDead, "watermark 8") { List = List(watermark: 8) },
            new("not-listed", Verdict.NotListed, "mode allowed, the bit of key 5 is not set") { Bundle = Strict, List = List(isAllowed: true) },
            new("expired", Verdict.Expired, "issued and begun two hours ago, ended an hour ago")
            {
                Record = Site.Record() with { IssuedAt = Now - 7200, NotBefore = Now - 7200, ExpiresAt = Now - 3600 },
            },
            new("not-yet-valid", Verdict.NotYetValid, "issued now, its life begins in two hours") { Record = Site.Record() with { NotBefore = Now + 7200 } },
            new("wrong-door", Verdict.WrongDoor, "the mask names index 1, the door has index 0") { Record = Site.Record() with { Mask = 2 } },
            new("no-floor", Verdict.NoFloor, "floor 1 asked for, 2 and 5 in the key") { Floors = 8, Record = Car, Asked = 2 },
            new("wrong-operation", Verdict.WrongOperation, "operation unlock at an elevator car with 8 floors, 2 and 5 in the key") { Floors = 8, Record = Car },
            new("strike-fault", Verdict.StrikeFault, "the strike refuses the pulse") { IsStrikeBroken = true },
        ];

        /// <summary>A bundle with five scopes; the list of slot 3 is known to exist.</summary>
        public static Bundle FiveScopes => Site.Bundle(1) with
        {
            Scopes = [.. Enumerable.Range(0, 5).Select(slot => new BundleScope(Site.Scope + slot, slot, 1, MinimumListVersion: slot == 3 ? Now : 0))],
        };

        private static CredentialRecord Car => Site.Record() with { Mask = 0b100100, IsForFloors = true };

        private static Bundle Rekeyed => With(new BundleScope(Site.Scope, 0, 2, PreviousGeneration: 1, PreviousUntil: Now + 86400));

        private static Bundle Expecting => With(new BundleScope(Site.Scope, 0, 1, MinimumListVersion: Now));

        private static Bundle Strict => With(new BundleScope(Site.Scope, 0, 1, IsAllowedMode: true));

        private static Bundle With(BundleScope scope) => Site.Bundle(1) with { Scopes = [scope] };

        private static byte[] List(int minimumGeneration = 1, byte bitmap = 0, uint watermark = 0, bool isAllowed = false) =>
            ListBlob.Full(new ListHeader(Site.Scope, Now, minimumGeneration, minimumGeneration, watermark, isAllowed), [bitmap]);

        private static byte[] Flip(byte[] frame, int at) => frame.Select((b, i) => i == at ? (byte)(b ^ 1) : b).ToArray();
    }
}
