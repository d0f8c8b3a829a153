using System;
using System.Linq;
using DoorController.Access;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Storage;
using DoorController.Sync;
using DoorController.Tests.Support;

namespace DoorController.Tests.Protocol
{
    /// <summary>
    /// A door whose "random" bytes are those of the vectors and whose clock stands still, so that an exchange gives the same bytes
    /// each time. It is spoken to where the radio's handlers speak to it.
    /// </summary>
    internal sealed class VectorDoor : IDisposable, IBle, IRandom
    {
        private readonly HostBoard _host = new(new MemoryFiles());
        private readonly byte[] _nonce;
        private readonly Board _board;

        /// <summary>Boots a door.</summary>
        /// <param name="bundle">Its keys; null for a door that lost them.</param>
        /// <param name="nonce">What the nonce of each Hello is, 16 bytes; the last byte counts up.</param>
        public VectorDoor(Bundle? bundle, byte[] nonce, int floors = 0)
        {
            _nonce = (byte[])nonce.Clone();
            _host.Floors.Count = floors;
            if (bundle != null)
            {
                byte[] bytes = bundle.Encode(Site.Root);
                new SlotFile(_host.Flash, _host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bytes, 0, bytes.Length);
            }

            _board = new(_host.Clock, this, _host.Crypto, this, _host.Strike, _host.Floors, _host.Inputs, _host.Lamp, _host.Flash,
                _host.Network, _host.Serial, _host.Power);
            Door = new Door(_board, new Settings());
            Poll();
            Door.Memory.Time.Prove(Site.Start, 0);
            Poll();
        }

        /// <summary>The firmware.</summary>
        public Door Door { get; }

        /// <summary>The strike, to break it or to count its pulses.</summary>
        public VirtualStrike Strike => _host.Strike;

        int IBle.Mtu => 247;

        /// <summary>Puts a list in force, as an authenticated one would.</summary>
        public void Apply(byte[] body, int slot = 0)
        {
            if (Door.Memory.KeyStore.BeginList(slot, body, body.Length) != ListOutcome.Accepted)
            {
                throw new InvalidOperationException("the list was not accepted");
            }

            Poll();
        }

        /// <summary>Begins a session and reads Hello.</summary>
        public byte[] Connect()
        {
            Door.Link.OnSession(true);
            Door.Link.DropHello();
            Poll();
            return Read(BleCharacteristic.Hello);
        }

        /// <summary>Writes frames, lets the door judge and reads Result.</summary>
        public byte[] Write(params byte[][] frames)
        {
            foreach (byte[] frame in frames)
            {
                Door.Link.OnWrite(BleCharacteristic.Unlock, frame);
                Door.Poll();
            }

            return Read(BleCharacteristic.Result);
        }

        /// <summary>Writes one frame to a characteristic, lets the door judge and reads Result; empty when there is none.</summary>
        public byte[] Push(int characteristic, byte[] frame)
        {
            Door.Link.OnWrite(characteristic, frame);
            Door.Poll();
            return Read(BleCharacteristic.Result);
        }

        /// <summary>Writes one frame and lets the door do all that follows from it.</summary>
        public void Tell(int characteristic, byte[] frame)
        {
            Door.Link.OnWrite(characteristic, frame);
            Poll();
        }

        /// <summary>Time passes.</summary>
        public void Wait(int milliseconds)
        {
            _host.Clock.Advance(milliseconds);
            Poll();
        }

        /// <summary>An intake of its own, to be fed without a carrier.</summary>
        public BlobIntake MakeIntake() => new(_board, Door.Memory);

        public void Fill(byte[] buffer)
        {
            if (buffer.Length == _nonce.Length)
            {
                _nonce[^1]++;
                _nonce.CopyTo(buffer, 0);
                return;
            }

            Enumerable.Range(0xE0, buffer.Length).Select(i => (byte)i).ToArray().CopyTo(buffer, 0);
        }

        public bool Start(string name, IBleHandler handler) => true;

        public void Stop()
        {
        }

        public void Notify(int characteristic, byte[] value)
        {
        }

        public void Dispose() => _host.Dispose();

        /// <summary>Reads a characteristic; empty when there is nothing.</summary>
        public byte[] Read(int characteristic)
        {
            Door.Link.OnRead(characteristic, out byte[]? value);
            return value ?? [];
        }

        /// <summary>More turns of the loop than any list or boot takes steps, with the clock standing still.</summary>
        private void Poll()
        {
            for (int i = 0; i < Limits.StepsOfOneList; i++)
            {
                Door.Poll();
            }
        }
    }
}
