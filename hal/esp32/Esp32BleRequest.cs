#nullable enable
using nanoFramework.Device.Bluetooth;
using nanoFramework.Device.Bluetooth.GenericAttributeProfile;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The request that waits. It asks the library for the request object only when it is looked into: for a write that alone reads the
    /// stack's memory (PLATFORM.md 1.4).
    /// </summary>
    internal sealed class Esp32BleRequest : IBleRequest
    {
        private GattReadRequestedEventArgs? _read;
        private GattWriteRequestedEventArgs? _written;
        private GattWriteRequest? _write;

        /// <inheritdoc/>
        public byte[] Take()
        {
            GattWriteRequest write = Write();
            byte[] value = new byte[(int)write.Value.Length];
            DataReader.FromBuffer(write.Value).ReadBytes(value);
            return value;
        }

        /// <inheritdoc/>
        public void Respond()
        {
            Write().Respond();
            Leave();
        }

        /// <inheritdoc/>
        public void RespondWithValue(byte[] value)
        {
            _read!.GetRequest().RespondWithValue(new Buffer(value));
            Leave();
        }

        /// <inheritdoc/>
        public void RespondWithError(int error)
        {
            if (_read != null)
            {
                _read.GetRequest().RespondWithProtocolError((byte)error);
            }
            else
            {
                Write().RespondWithProtocolError((byte)error);
            }

            Leave();
        }

        /// <inheritdoc/>
        public void Leave()
        {
            _read = null;
            _written = null;
            _write = null;
        }

        /// <summary>Stands for a read from now on.</summary>
        internal Esp32BleRequest Of(GattReadRequestedEventArgs read)
        {
            Leave();
            _read = read;
            return this;
        }

        /// <summary>Stands for a write from now on.</summary>
        internal Esp32BleRequest Of(GattWriteRequestedEventArgs written)
        {
            Leave();
            _written = written;
            return this;
        }

        private GattWriteRequest Write()
        {
            if (_write == null)
            {
                _write = _written!.GetRequest();
            }

            return _write;
        }
    }
}
