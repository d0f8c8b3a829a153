using DoorController.Access;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Wire;

namespace DoorController.Radio
{
    /// <summary>Makes the Hello snapshot ahead of its reading: PROTOCOL.md section 3.</summary>
    public sealed class HelloMaker
    {
        private readonly Board _board;
        private readonly DoorMemory _memory;
        private readonly byte[] _nonce = new byte[Hello.NonceLength];

        /// <summary>A maker for one door.</summary>
        public HelloMaker(Board board, DoorMemory memory)
        {
            _board = board;
            _memory = memory;
        }

        /// <summary>A new Hello with a nonce that was never used.</summary>
        public byte[] Make()
        {
            Keyring keyring = _memory.Keyring;
            byte[] hello = new byte[Hello.LengthWith(keyring.ScopeCount)];
            _board.Random.Fill(_nonce);
            hello[0] = Hello.Version;
            Bytes.Put32(hello, Hello.DoorId, keyring.DoorId);
            Bytes.Put(hello, Hello.Nonce, _nonce);
            Bytes.Put32(hello, Hello.Floor, _memory.Time.Floor);
            hello[Hello.Flags] = (byte)MakeFlags();
            hello[Hello.ListLost] = (byte)_memory.ListLostBits();
            for (int slot = 0; slot < keyring.ScopeCount; slot++)
            {
                Bytes.Put16(hello, Hello.ListVersions + 2 * slot, (int)(_memory.KeyStore.ListVersion(slot) & 0xFFFF));
            }

            return hello;
        }

        /// <summary>The flags byte, also part of a sync request.</summary>
        public int MakeFlags()
        {
            int flags = _memory.Time.Quality | (_board.Ble.Mtu >= Unlock.MaxLength + 3 ? Hello.WholeFrame : 0);
            if (!_memory.Keyring.HasKeys)
            {
                flags |= Hello.KeysLost;
            }

            if (_memory.Audit.NextSequence - 1 > _memory.Audit.Acknowledged)
            {
                flags |= Hello.AuditWaiting;
            }

            return _board.Floors.Count > 0 ? flags | Hello.ElevatorCar : flags;
        }
    }
}
