using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Ports;
using System.Linq;
using System.Text;

namespace DoorController.Flash.Console
{
    /// <summary>
    /// The technician's serial line to one door: 115,200 baud on COM2, a prompt that ends with "&gt; ", lines that end with a carriage
    /// return (firmware/Console).
    /// </summary>
    internal sealed class ConsoleLine : IDisposable
    {
        /// <summary>Speed of the line.</summary>
        public const int Baud = 115200;

        /// <summary>Most characters of an answer; a line that sends more is no door's console.</summary>
        private const int MaxAnswer = 16 * 1024;

        private readonly SerialPort _port;

        private ConsoleLine(SerialPort port)
        {
            _port = port;
        }

        /// <summary>The bytes of the line.</summary>
        public Stream Stream => _port.BaseStream;

        /// <summary>Opens a line.</summary>
        /// <param name="host">For a look at the port, and how long silence may last.</param>
        /// <param name="name">Serial port of the adapter.</param>
        /// <param name="option">The option it came from.</param>
        public static ConsoleLine Open(FlashHost host, string name, string option)
        {
            Preflight.RequirePort(host, name, option);
            SerialPort port = new(name, Baud) { ReadTimeout = host.ConsoleSilenceMs, WriteTimeout = host.ConsoleSilenceMs };
            try
            {
                port.Open();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                port.Dispose();
                throw new FlashException($"the console on {name} cannot be opened ({e.Message})", "close the program that uses it");
            }

            return new ConsoleLine(port);
        }

        /// <summary>Sends a command and waits for its answer.</summary>
        /// <param name="command">The line to send.</param>
        /// <param name="attempts">How often an empty line is sent until the prompt is there: a door that starts needs some seconds.</param>
        /// <returns>The lines between the command and the next prompt.</returns>
        /// <exception cref="FlashException">There is no prompt.</exception>
        public IReadOnlyList<string> Ask(string command, int attempts)
        {
            WaitForPrompt(attempts);
            Send(command);
            string answer = ReadToPrompt() ?? throw Silent();
            return answer.Split('\n').Select(l => l.TrimEnd('\r')).Skip(1).SkipLast(1).ToArray();
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _port.Dispose();
        }

        private static bool EndsWithPrompt(StringBuilder text)
        {
            string all = text.ToString();
            string last = all[(all.LastIndexOf('\n') + 1)..];
            return last.EndsWith("> ", StringComparison.Ordinal) && last.IndexOf(' ', StringComparison.Ordinal) == last.Length - 1;
        }

        private void WaitForPrompt(int attempts)
        {
            for (int i = 0; i < attempts; i++)
            {
                Send(string.Empty);
                if (ReadToPrompt() != null)
                {
                    return;
                }
            }

            throw Silent();
        }

        private void Send(string line)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(line + "\r");
            _port.BaseStream.Write(bytes, 0, bytes.Length);
        }

        /// <summary>Reads until the last line is a prompt.</summary>
        /// <returns>What was read; null when the line fell silent before.</returns>
        private string? ReadToPrompt()
        {
            StringBuilder text = new();
            byte[] buffer = new byte[256];
            while (text.Length < MaxAnswer)
            {
                int count;
                try
                {
                    count = _port.BaseStream.Read(buffer, 0, buffer.Length);
                }
                catch (TimeoutException)
                {
                    return null;
                }

                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
                if (EndsWithPrompt(text))
                {
                    return text.ToString();
                }
            }

            return null;
        }

        private FlashException Silent()
        {
            return new FlashException(
                $"no door answers on the console {_port.PortName}",
                "check TX and RX of the adapter (crossed), its ground, and that it is a 3.3 V one (wiring.md, \"Console\")");
        }
    }
}
