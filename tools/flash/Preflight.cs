using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash.Nanoff;

namespace DoorController.Flash
{
    /// <summary>What must be there before a board is touched, each with the one command that mends it.</summary>
    internal static class Preflight
    {
        /// <summary>Requires nanoff and a port that can be used.</summary>
        public static async Task RequireAsync(FlashHost host, string port, CancellationToken cancel)
        {
            _ = new NanoffRunner(host).Locate();
            RequirePort(host, port, "--port");
            await new NanoffRunner(host).RequireVersionAsync(cancel).ConfigureAwait(false);
        }

        /// <summary>Requires a port that can be used.</summary>
        /// <param name="host">For a look at the port.</param>
        /// <param name="port">The port.</param>
        /// <param name="option">The option it came from.</param>
        public static void RequirePort(FlashHost host, string port, string option)
        {
            switch (host.ProbePort(port))
            {
                case PortState.Missing:
                    throw FlashException.Input($"{option} {port} is not there", MissingFix(host.Platform));
                case PortState.NoRights:
                    throw FlashException.Input($"{option} {port} may not be opened by you", RightsFix(host.Platform, port));
                default:
                    break;
            }
        }

        private static string MissingFix(Platform platform)
        {
            const string tail = " and use a cable that carries data; the command list shows the ports";
            return platform switch
            {
                Platform.Windows => "plug the board in, look for COM ports in the Device Manager," + tail,
                Platform.MacOS => "plug the board in, look with ls /dev/cu.*," + tail,
                _ => "plug the board in, look with ls /dev/ttyUSB* /dev/ttyACM*," + tail,
            };
        }

        private static string RightsFix(Platform platform, string port)
        {
            return platform switch
            {
                Platform.Windows => "close the program that holds it",
                Platform.MacOS => $"sudo chmod a+rw {port}",
                _ => "sudo usermod -aG dialout $USER, then log out and in again",
            };
        }
    }
}
