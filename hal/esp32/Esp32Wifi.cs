#nullable enable
using System;
using System.Device.Wifi;
using System.Net;
using System.Net.NetworkInformation;
using System.Threading;
using nanoFramework.Networking;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// Wi-Fi from the configuration that nanoff stored; the firmware image connects by itself at boot (PLATFORM.md 2.2). With the access
    /// point gone the image would try again without a pause for ever, at the cost of Bluetooth, so the station is disconnected and tried
    /// on a slow schedule: rarely, because each connect leaks a little native memory. SNTP starts by itself with every new address, and
    /// anybody can answer it, so it is stopped (PLATFORM.md 2.4).
    /// </summary>
    public sealed class Esp32Wifi
    {
        private const string NoAddress = "0.0.0.0";
        private const int BootStepMs = 100;

        private static WifiAdapter? _adapter;

        private readonly IClock _clock;
        private bool _isOff;
        private long _seenMs;
        private long _triedMs;

        /// <summary>Takes the station as the image has started it.</summary>
        public Esp32Wifi(IClock clock)
        {
            _clock = clock;
            _seenMs = clock.NowMs;
        }

        /// <summary>True while the station had an address at the last look.</summary>
        public bool HasAddress { get; private set; }

        /// <summary>Ends Wi-Fi for good: a door without a server has no use for it.</summary>
        public static void TurnOff()
        {
            try
            {
                Disconnect();
                Sntp.Stop();
            }
            catch (Exception)
            {
                // A board that was never given a network has nothing to be ended.
            }
        }

        /// <summary>Finds the address of the server. Called at boot only, before the radio starts: a look-up stops the runtime (PLATFORM.md 3.3).</summary>
        /// <param name="host">IPv4 address or name.</param>
        /// <returns>IPv4 address; empty when a name could not be resolved within <see cref="Limits.ResolveMs"/>.</returns>
        public string Resolve(string host)
        {
            if (IsLiteral(host))
            {
                return host;
            }

            try
            {
                long until = _clock.NowMs + Limits.ResolveMs;
                for (Look(); !HasAddress && _clock.NowMs < until; Look())
                {
                    Thread.Sleep(BootStepMs);
                }

                return HasAddress ? Dns.GetHostEntry(host).AddressList[0].ToString() : "";
            }
            catch (Exception)
            {
                return "";
            }
        }

        /// <summary>Looks after the station. Called every second on a thread of its own; a connect may take 20 s there.</summary>
        public void Poll()
        {
            Look();
            long now = _clock.NowMs;
            if (HasAddress)
            {
                _seenMs = now;
                _isOff = false;

                // Without asking whether it has started: that throws at random (PLATFORM.md 2.4).
                Sntp.Stop();
            }
            else
            {
                Seek(now);
            }
        }

        private void Seek(long now)
        {
            if (!_isOff && now - _seenMs > Limits.WifiLostMs)
            {
                Disconnect();
                _isOff = true;
                _triedMs = now;
            }
            else if (_isOff && now - _triedMs > Limits.WifiRetryMs)
            {
                _triedMs = now;
                _seenMs = now;
                _isOff = false;
                Connect();
            }
        }

        private static void Disconnect()
        {
            Adapter().Disconnect();
        }

        /// <summary>The one adapter: each look for it leaves a listener behind that nobody frees (PLATFORM.md 2.4).</summary>
        private static WifiAdapter Adapter()
        {
            if (_adapter == null)
            {
                _adapter = WifiAdapter.FindAllAdapters()[0];
            }

            return _adapter;
        }

        private static void Connect()
        {
            foreach (NetworkInterface station in NetworkInterface.GetAllNetworkInterfaces())
            {
                if (station.NetworkInterfaceType != NetworkInterfaceType.Wireless80211)
                {
                    continue;
                }

                Wireless80211Configuration stored =
                    Wireless80211Configuration.GetAllWireless80211Configurations()[(int)station.SpecificConfigId];
                Adapter().Connect(stored.Ssid, WifiReconnectionKind.Automatic, stored.Password);
            }
        }

        private static bool IsLiteral(string host)
        {
            foreach (char c in host)
            {
                if (c != '.' && (c < '0' || c > '9'))
                {
                    return false;
                }
            }

            return true;
        }

        private void Look()
        {
            bool has = false;
            foreach (NetworkInterface station in NetworkInterface.GetAllNetworkInterfaces())
            {
                string address = station.IPv4Address;
                has |= station.NetworkInterfaceType == NetworkInterfaceType.Wireless80211 && address != null && address.Length > 0
                    && address != NoAddress;
            }

            HasAddress = has;
        }
    }
}
