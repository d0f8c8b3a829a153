using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>A door with a technician at its serial line.</summary>
    internal sealed class ConsoleRig : IDisposable
    {
        /// <summary>More Polls than any command takes.</summary>
        private const int MostPolls = 2000;

        public ConsoleRig(Bundle? bundle = null, Settings? settings = null, int floors = 0, IFiles? flash = null)
        {
            Rig = new DoorRig(bundle, settings, floors, flash);
            ReadToPrompt();
        }

        public DoorRig Rig { get; }

        public Door Door => Rig.Door;

        /// <summary>Types a line and polls until the prompt comes back.</summary>
        /// <returns>The lines of the answer, without the echo.</returns>
        public string[] Ask(string command)
        {
            Rig.Host.Serial.Type(command + "\r");
            string text = ReadToPrompt();
            string echo = command + "\r\n";
            StringAssert.StartsWith(text, echo, StringComparison.Ordinal);
            string[] lines = text[echo.Length..^TechnicianConsole.Prompt.Length].Split("\r\n");
            Assert.AreEqual(string.Empty, lines[^1], "the prompt stands at the beginning of a line");
            return lines[..^1];
        }

        /// <summary>Asks for a challenge.</summary>
        /// <returns>Its 8 bytes.</returns>
        public byte[] Challenge(string command)
        {
            string line = Ask(command).Single();
            const string start = "challenge: ";
            StringAssert.StartsWith(line, start, StringComparison.Ordinal);
            return Convert.FromHexString(line.AsSpan(start.Length, 16));
        }

        /// <summary>The right answer, from the key server's side.</summary>
        public string Answer(byte[] challenge, int command) =>
            ServerBlobs.TechnicianResponse(Site.Root, Rig.Bundle.DoorId, Rig.Bundle.DoorGeneration, challenge, (byte)command);

        /// <summary>Polls until the console wants a line.</summary>
        /// <returns>All that it sent.</returns>
        public string ReadToPrompt()
        {
            StringBuilder text = new();
            for (int i = 0; i < MostPolls; i++)
            {
                Rig.Run(10);
                text.Append(Rig.Host.Serial.TakeText());
                string all = text.ToString();
                if (Rig.Host.Serial.WaitingBytes == 0 && (all.EndsWith("\n" + TechnicianConsole.Prompt, StringComparison.Ordinal) || all == TechnicianConsole.Prompt))
                {
                    return all;
                }
            }

            throw new AssertFailedException("no prompt; so far: " + text);
        }

        /// <summary>All files of the door: name and content.</summary>
        public static SortedDictionary<string, string> Files(IFiles files)
        {
            SortedDictionary<string, string> contents = new(StringComparer.Ordinal);
            foreach (string name in files.List())
            {
                byte[] content = new byte[files.Length(name)];
                files.Read(name, 0, content, 0, content.Length);
                contents[name] = Convert.ToHexString(content);
            }

            return contents;
        }

        public void Dispose() => Rig.Dispose();
    }
}
