#nullable enable
using DoorController.Access;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Wire;

namespace DoorController.Sync
{
    /// <summary>
    /// Takes the blobs of PROTOCOL.md section 6 whatever brought them, network, phone or cable: each is authenticated under a sub-key of
    /// this door before any of it counts. Each carrier has an intake of its own, since it answers for one list under way.
    /// </summary>
    public sealed class BlobIntake
    {
        private const int IdOffset = 1;
        private const int GenerationOffset = 5;
        private const int BodyOffset = 7;
        private const int NoScope = -1;

        private readonly Board _board;
        private readonly DoorMemory _memory;
        private readonly TimeIntake _time;
        private int _scope = NoScope;
        private uint _version;

        /// <summary>The intake of one door.</summary>
        public BlobIntake(Board board, DoorMemory memory)
        {
            _board = board;
            _memory = memory;
            _time = new TimeIntake(memory);
        }

        /// <summary>Takes the time of a sync reply.</summary>
        /// <param name="time">Unix time in s; 0 says none.</param>
        /// <param name="askedMs">When the request was made, monotonic ms.</param>
        /// <param name="nowMs">Monotonic ms since boot: the clock's of this moment.</param>
        public void TakeReplyTime(uint time, long askedMs, long nowMs)
        {
            _time.TakeReply(time, askedMs, nowMs);
        }

        /// <summary>Judges a blob and takes it in.</summary>
        /// <param name="data">Holds the blob at <paramref name="offset"/>; a list may be overwritten.</param>
        /// <param name="count">Its bytes.</param>
        /// <param name="nowMs">Monotonic ms since boot: the clock's of this moment.</param>
        /// <returns>One of <see cref="CarryState"/>; <see cref="CarryState.Judging"/> for a list that is being stored: ask
        /// <see cref="Settle"/>.</returns>
        public int Take(byte[] data, int offset, int count, long nowMs)
        {
            if (count == 0 || !_memory.Keyring.HasKeys)
            {
                return CarryState.Refused;
            }

            switch (data[offset])
            {
                case BlobType.List:
                    return TakeList(data, offset, count);
                case BlobType.KeyUpdate:
                    return TakeKeyUpdate(data, offset, count);
                case BlobType.TimeToken:
                    return TakeTime(data, offset, count, "dc1timet", nowMs);
                case BlobType.FloorReset:
                    return TakeTime(data, offset, count, "dc1reset", nowMs);
                case BlobType.Acknowledgement:
                    return TakeAcknowledgement(data, offset, count);
                default:
                    return CarryState.Refused;
            }
        }

        /// <summary>
        /// What became of the list that was being stored. Asked of its scope, wherever that is now: a key update may have moved it to another slot or
        /// out of the door, and dropped the list.
        /// </summary>
        /// <returns><see cref="CarryState.Judging"/> until it is in force and durable.</returns>
        public int Settle()
        {
            int state = _scope == NoScope ? CarryState.Accepted : _memory.KeyStore.IsPending ? CarryState.Judging : FindOutcome();
            if (state != CarryState.Judging)
            {
                _scope = NoScope;
            }

            return state;
        }

        private int FindOutcome()
        {
            int slot = _memory.Keyring.FindScope(_scope);
            if (slot < 0 || _memory.KeyStore.ListVersion(slot) < _version)
            {
                return _memory.KeyStore.WasMalformed ? CarryState.Refused : CarryState.Broken;
            }

            // Lost again: what was told of a newer one meanwhile makes this one nothing that opens the door.
            if (_memory.KeyStore.IsListLost(slot))
            {
                return CarryState.Broken;
            }

            return _memory.IsListDurable(slot) ? CarryState.Accepted : CarryState.Judging;
        }

        private int TakeList(byte[] data, int offset, int count)
        {
            int length = count - Bytes.Tag;
            if (length < ListBody.Data || length > ListBody.Data + Limits.WindowBytes)
            {
                return CarryState.Refused;
            }

            int slot = _memory.Keyring.FindScope(Bytes.U24(data, offset + ListBody.ScopeId));
            if (slot < 0 || !IsListTagRight(data, offset, length))
            {
                return CarryState.Refused;
            }

            byte[] body = offset == 0 ? data : Bytes.Part(data, offset, length);
            uint version = Bytes.U32(body, ListBody.Version);
            switch (_memory.KeyStore.BeginList(slot, body, length))
            {
                case ListOutcome.Accepted:
                    _scope = _memory.Keyring.ScopeId(slot);
                    _version = version;
                    return CarryState.Judging;
                case ListOutcome.Stale:
                    return CarryState.NothingNew;
                case ListOutcome.WrongBase:
                    return CarryState.BaseMissing;
                case ListOutcome.Busy:
                    return CarryState.Busy;
                default:
                    return CarryState.Refused;
            }
        }

        private bool IsListTagRight(byte[] data, int offset, int length)
        {
            byte[] input = new byte[Bytes.Label + 2 + length];
            int at = Bytes.PutText(input, 0, "dc1listt");
            at = Bytes.Put16(input, at, length);
            System.Array.Copy(data, offset, input, at, length);
            byte[] mac = _board.Crypto.Hmac(_memory.Keyring.SubKey(Keys.List), input);
            return Bytes.SameInConstantTime(mac, 0, data, offset + length, Bytes.Tag);
        }

        private int TakeKeyUpdate(byte[] data, int offset, int count)
        {
            Keyring keyring = _memory.Keyring;
            byte[]? plain = Sealed.Open(
                _board.Crypto, keyring.SubKey(Keys.Update), BlobType.KeyUpdate, keyring.DoorId, keyring.Generation, data, offset, count);
            if (plain == null)
            {
                return CarryState.Refused;
            }

            if (plain.Length > BodyOffset && Bytes.U32(plain, IdOffset) <= keyring.Version)
            {
                return CarryState.NothingNew;
            }

            if (!keyring.IsNewer(plain, 0, plain.Length))
            {
                return CarryState.Refused;
            }

            if (!keyring.Replace(plain, 0, plain.Length, false))
            {
                return CarryState.Broken;
            }

            _memory.Bind();
            _memory.Audit.QueueKeys(keyring.Version, keyring.Generation);
            return CarryState.Accepted;
        }

        private int TakeTime(byte[] data, int offset, int count, string label, long nowMs)
        {
            const int Tagged = 19;
            if (count != Tagged + Bytes.Tag || !IsForThisDoor(data, offset) || !IsTagRight(data, offset, Tagged, Keys.Time, label))
            {
                return CarryState.Refused;
            }

            return data[offset] == BlobType.FloorReset
                ? _time.TakeReset(data, offset + BodyOffset, nowMs)
                : _time.TakeToken(data, offset + BodyOffset, nowMs);
        }

        private int TakeAcknowledgement(byte[] data, int offset, int count)
        {
            const int Tagged = 23;
            if (count != Tagged + Bytes.Tag || !IsForThisDoor(data, offset)
                || !IsTagRight(data, offset, Tagged, Keys.Acknowledgement, "dc1acknt"))
            {
                return CarryState.Refused;
            }

            uint sequence = Bytes.U32(data, offset + BodyOffset + 4);
            if (sequence <= _memory.Audit.Acknowledged)
            {
                return CarryState.NothingNew;
            }

            return _memory.Audit.Reader.Acknowledge(Bytes.U32(data, offset + BodyOffset), sequence, data, offset + BodyOffset + 8)
                ? CarryState.Taken
                : CarryState.Refused;
        }

        private bool IsForThisDoor(byte[] data, int offset)
        {
            return Bytes.U32(data, offset + IdOffset) == _memory.Keyring.DoorId
                && Bytes.U16(data, offset + GenerationOffset) == _memory.Keyring.Generation;
        }

        private bool IsTagRight(byte[] data, int offset, int count, string subKey, string label)
        {
            byte[] mac = Keys.Mac(_board.Crypto, _memory.Keyring.SubKey(subKey), label, data, offset, count);
            return Bytes.SameInConstantTime(mac, 0, data, offset + count, Bytes.Tag);
        }
    }
}
