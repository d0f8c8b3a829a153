using DoorController.Access;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Radio;
using DoorController.Wire;

namespace DoorController.Sync
{
    /// <summary>A sync request: what the door has, and how it is (PROTOCOL.md section 6).</summary>
    public sealed class SyncQuestion
    {
        /// <summary>Bytes of the nonce at its beginning.</summary>
        public const int NonceLength = 16;

        private const int ClockConflict = 0x40;
        private const int Header = 62;
        private const int BytesOfScope = 7;

        private readonly DoorMemory _memory;
        private readonly Supervisor _supervisor;
        private readonly HelloMaker _helloMaker;

        /// <summary>The questions of one door.</summary>
        public SyncQuestion(DoorMemory memory, Supervisor supervisor, HelloMaker helloMaker)
        {
            _memory = memory;
            _supervisor = supervisor;
            _helloMaker = helloMaker;
        }

        /// <summary>Makes a question, sealed.</summary>
        /// <param name="board">For random bytes and the sealing.</param>
        /// <param name="nonce">16 random bytes, which the answer repeats.</param>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        public byte[] Make(Board board, byte[] nonce, long nowMs)
        {
            Keyring keyring = _memory.Keyring;
            byte[] plain = MakePlain(nonce, board.Floors.Count, nowMs);
            return Sealed.Make(
                board.Crypto, board.Random, keyring.SubKey(Keys.Request), BlobType.SyncRequest, keyring.DoorId, keyring.Generation, plain,
                plain.Length);
        }

        /// <summary>62 bytes, and 7 for each scope.</summary>
        private byte[] MakePlain(byte[] nonce, int floors, long nowMs)
        {
            byte[] plain = new byte[Header + BytesOfScope * _memory.Keyring.ScopeCount];
            Bytes.Put(plain, 0, nonce);
            Bytes.Put16(plain, 16, Firmware.Version);
            plain[18] = (byte)(_helloMaker.MakeFlags() | (_memory.Time.Conflict.Stands ? ClockConflict : 0));
            plain[19] = (byte)_memory.ListLostBits();
            Bytes.Put32(plain, 20, _memory.Time.Floor);
            Bytes.Put32(plain, 24, _memory.Keyring.Version);
            PutAudit(plain);
            Bytes.Put32(plain, 40, (uint)(nowMs / 1000));
            Bytes.Put16(plain, 44, _supervisor.RadioRestarts);
            Bytes.Put16(plain, 46, _supervisor.LastReboot);
            _memory.Challenge.CopyTo(plain, 52, nowMs);
            plain[60] = (byte)floors;
            PutScopes(plain);
            return plain;
        }

        private void PutAudit(byte[] plain)
        {
            Bytes.Put32(plain, 28, _memory.Audit.Epoch);
            Bytes.Put32(plain, 32, _memory.Audit.Acknowledged);
            Bytes.Put32(plain, 36, _memory.Audit.NextSequence);
            Bytes.Put32(plain, 48, _memory.Audit.Lost);
        }

        private void PutScopes(byte[] plain)
        {
            int scopes = _memory.Keyring.ScopeCount;
            plain[61] = (byte)scopes;
            int at = Header;
            for (int slot = 0; slot < scopes; slot++)
            {
                at = Bytes.Put24(plain, at, _memory.Keyring.ScopeId(slot));
                at = Bytes.Put32(plain, at, _memory.KeyStore.ListVersion(slot));
            }
        }
    }
}
