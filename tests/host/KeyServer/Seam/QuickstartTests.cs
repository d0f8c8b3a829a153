using System.Diagnostics;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Seam
{
    /// <summary>A program that was written for Seam, with another endpoint (client/quickstart.mjs): each object is valid by Seam's schemas, and the link opens a real door.</summary>
    [TestClass]
    public sealed class QuickstartTests
    {
        private const string Phone = "phone-of-this-guest-0123456789abcdef";

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task What_was_written_for_Seam_opens_a_door_and_shuts_it(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            int bank = await rig.AddBankAsync();
            RegisteredDoor front = await rig.RegisterAsync("FRONT", bank);
            await rig.RegisterAsync("POOL", bank);
            await rig.DoAsync("/doors/register", new JsonObject { ["name"] = "LIFT", ["scope_ids"] = new JsonArray(bank), ["floors"] = 3 });
            using NetDoor door = new(rig, front);
            door.Run(2000);
            using Process node = NodeClient.Start(rig, "quickstart.mjs");
            Task<string> error = node.StandardError.ReadToEndAsync();
            int checks = 0;
            Guest guest = new(rig, door, front.Id);
            while (await node.StandardOutput.ReadLineAsync() is string line)
            {
                string[] words = line.Split(' ', 2);
                checks += words[0] == "check" ? 1 : 0;
                if (words[0] != "check")
                {
                    await node.StandardInput.WriteLineAsync(await guest.DoAsync(words));
                }
            }

            await node.WaitForExitAsync();
            Assert.AreEqual(0, node.ExitCode, await error);
            Assert.AreEqual(11, checks);
            Assert.AreEqual(2, door.Rig.Host.Strike.Pulses);
        }

        /// <summary>Who opens the links, and goes to the door when the program asks for it.</summary>
        private sealed class Guest(ServerRig rig, NetDoor door, uint doorId)
        {
            private string _link = string.Empty;
            private PhoneKey? _key;

            /// <summary>Does what a line of the program asks for.</summary>
            /// <returns>What came of it.</returns>
            public async Task<string> DoAsync(string[] words)
            {
                _link = words.Length > 1 ? words[1] : _link;
                if (words[0] is "redeem" or "deactivated")
                {
                    Answer answer = await rig.RedeemAsync(_link, Phone);
                    return answer.Status == 200 ? "redeemed" : answer.ErrorType == "phone_deactivated" ? "refused" : answer.Body.ToJsonString();
                }

                if (words[0] == "link")
                {
                    JsonNode key = (await rig.RedeemAsync(_link, Phone)).Of("redeemed")["keys"]!.AsArray()
                        .Single(k => k!["doors"]!.AsArray().Any(d => d!["door_id"]!.GetValue<uint>() == doorId))!;
                    _key = DoorsOfServer.KeyOf(key, doorId);
                }

                door.RunLong(words[0] == "deleted" ? Limits.SyncPollMs + 10_000 : 10_000);
                int verdict = door.Tap(_key!);
                return verdict switch { Verdict.Granted => "opened", Verdict.Revoked => "refused", _ => Verdict.Name(verdict) };
            }
        }
    }
}
