#nullable enable
namespace DoorController.Hal
{
    /// <summary>
    /// The rules that keep the Bluetooth stack alive (PLATFORM.md 1), the same on a board and on a desk. A request is answered at one place,
    /// once and at once, or not at all; whether it is too late is asked before anything of it is looked into; after <see cref="Stop"/> nothing
    /// that still waits in the event queue is looked at, because the stack that asked is gone; the attribute table is freed only when no
    /// phone can be connected.
    /// </summary>
    public sealed class BlePeripheral : IBle, IBleEvents
    {
        private const int DefaultMtu = 23;

        private readonly IBleDriver _driver;
        private IBleHandler? _handler;
        private bool _isOn;
        private bool _isSession;

        /// <summary>A radio that is off.</summary>
        public BlePeripheral(IBleDriver driver)
        {
            _driver = driver;
            Mtu = DefaultMtu;
        }

        /// <inheritdoc/>
        public int Mtu { get; private set; }

        /// <inheritdoc/>
        public bool Start(string name, IBleHandler handler)
        {
            _handler = handler;
            _isSession = false;
            Mtu = DefaultMtu;

            // Events may come before the start returns.
            _isOn = true;
            _isOn = _driver.Start(name, this);
            return _isOn;
        }

        /// <summary>
        /// Ends advertising and stack. Only a radio without a session frees its table: a phone could read from it until the link has ended. A loop
        /// that stood still may not have heard yet that a phone came, so then the table stays as well.
        /// </summary>
        public void Stop()
        {
            bool isAlone = _isOn && !_isSession && !_handler!.IsLate();
            _isOn = false;
            if (isAlone)
            {
                _driver.StopAdvertising();
            }
            else
            {
                _driver.StopStack();
            }

            EndSession();
        }

        /// <inheritdoc/>
        public void Notify(int characteristic, byte[] value)
        {
            if (_isOn && _isSession)
            {
                _driver.Notify(characteristic, value);
            }
        }

        /// <inheritdoc/>
        public void OnRead(int characteristic, IBleRequest request)
        {
            if (!MayAnswer())
            {
                request.Leave();
                return;
            }

            int answer = _handler!.OnRead(characteristic, out byte[]? value);
            if (answer == BleAnswer.Ok)
            {
                request.RespondWithValue(value!);
            }
            else
            {
                request.RespondWithError(answer);
            }
        }

        /// <inheritdoc/>
        public void OnWrite(int characteristic, IBleRequest request)
        {
            if (!MayAnswer())
            {
                request.Leave();
                return;
            }

            int answer = _handler!.OnWrite(characteristic, request.Take());
            if (answer == BleAnswer.Ok)
            {
                request.Respond();
            }
            else
            {
                request.RespondWithError(answer);
            }
        }

        /// <inheritdoc/>
        public void OnSession(bool active)
        {
            if (!active)
            {
                EndSession();
            }
            else if (_isOn)
            {
                Mtu = DefaultMtu;
                _isSession = true;
                _handler!.OnSession(true);
            }
        }

        /// <inheritdoc/>
        public void OnMtu(int mtu)
        {
            Mtu = mtu > DefaultMtu ? mtu : DefaultMtu;
        }

        private bool MayAnswer()
        {
            return _isOn && !_handler!.IsLate();
        }

        private void EndSession()
        {
            bool wasSession = _isSession;
            _isSession = false;
            Mtu = DefaultMtu;
            if (wasSession)
            {
                _handler!.OnSession(false);
            }
        }
    }
}
