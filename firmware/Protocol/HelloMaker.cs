using DoorController.Hal;

namespace DoorController
{
    /// <summary>Makes the Hello snapshot ahead of its reading: PROTOCOL.md section 3.</summary>
    public sealed class HelloMaker
    {
        private readonly Board _board;
        private readonly Keyring _keyring;
        private readonly IKeyStore _keyStore;
        private readonly DoorTime _time;
        private readonly AuditTrail _audit;
        private readonly byte[] _nonce = new byte[Hello.NonceLength];

        /// <summary>A maker for one door.</summary>
        public HelloMaker(Board board, Keyring keyring, IKeyStore keyStore, DoorTime time, AuditTrail audit)
        {
            _audit = audit;
            _board = board;
            _keyring = keyring;
            _keyStore = keyStore;
            _time = time;
        }

        /// <summary>A new Hello with a nonce that was never used.</summary>
        public byte[] Make()
        {
            byte[] hello = new byte[Hello.LengthWith(_keyring.ScopeCount)];
            _board.Random.Fill(_nonce);
            hello[0] = Hello.Version;
            Bytes.Put32(hello, Hello.DoorId, _keyring.DoorId);
            Bytes.Put(hello, Hello.Nonce, _nonce);
            Bytes.Put32(hello, Hello.Floor, _time.Floor);
            hello[Hello.Flags] = (byte)MakeFlags();
            hello[Hello.ListLost] = (byte)ListLostBits(_keyring, _keyStore);
            for (int slot = 0; slot < _keyring.ScopeCount; slot++)
            {
                Bytes.Put16(hello, Hello.ListVersions + 2 * slot, (int)(_keyStore.ListVersion(slot) & 0xFFFF));
            }

            return hello;
        }

        /// <summary>The flags byte, also part of a sync request.</summary>
        public int MakeFlags()
        {
            int flags = _time.Quality;
            if (_board.Ble.Mtu >= Unlock.MaxLength + 3)
            {
                flags |= Hello.WholeFrame;
            }

            if (!_keyring.HasKeys)
            {
                flags |= Hello.KeysLost;
            }

            if (_audit.NextSequence - 1 > _audit.Acknowledged)
            {
                flags |= Hello.AuditWaiting;
            }

            return _board.Floors.Count > 0 ? flags | Hello.ElevatorCar : flags;
        }

        /// <summary>Bit i is set when slot i has lost its list.</summary>
        public static int ListLostBits(Keyring keyring, IKeyStore keyStore)
        {
            int bits = 0;
            for (int slot = 0; slot < keyring.ScopeCount; slot++)
            {
                if (keyStore.IsListLost(slot))
                {
                    bits |= 1 << slot;
                }
            }

            return bits;
        }
    }
}
