using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Wire;

namespace DoorController.Flash.Provision
{
    /// <summary>Answers to the challenge of a dangerous console command (PROTOCOL.md section 8).</summary>
    internal static class Technician
    {
        private static readonly Dictionary<string, byte> Commands =
            new() { ["strike"] = TechnicianCommand.Strike, ["reboot"] = TechnicianCommand.Reboot };

        /// <summary>Commands that ask for an answer.</summary>
        public static IEnumerable<string> CommandNames => Commands.Keys.Order();

        /// <summary>Makes the answer.</summary>
        /// <param name="door">Keys of the door.</param>
        /// <param name="command">One of <see cref="CommandNames"/>.</param>
        /// <param name="challenge">16 hex digits as the console printed them; spaces and capitals do not matter.</param>
        /// <returns>10 hex digits.</returns>
        /// <exception cref="FlashException">The command or the challenge is none.</exception>
        public static string Answer(DoorBundle door, string command, string challenge)
        {
            if (!Commands.TryGetValue(command, out byte number))
            {
                throw FlashException.Input($"{command} asks for no answer", "name one of " + string.Join(", ", CommandNames));
            }

            return ServerBlobs.TechnicianResponse(door.SubKey(Keys.Technician), ParseChallenge(challenge), number);
        }

        private static byte[] ParseChallenge(string text)
        {
            string digits = text.Replace(" ", string.Empty, StringComparison.Ordinal);
            if (digits.Length != Keys.ChallengeLength * 2 || !digits.All(char.IsAsciiHexDigit))
            {
                throw FlashException.Input(
                    $"--challenge {text} is not {Keys.ChallengeLength * 2} hex digits",
                    "copy it from the console, which prints it after the command");
            }

            return Convert.FromHexString(digits);
        }
    }
}
