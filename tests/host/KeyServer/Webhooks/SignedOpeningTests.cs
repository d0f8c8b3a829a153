using System;
using System.Diagnostics;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Carry;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Grants;
using DoorController.Tests.KeyServer.Seam;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Webhooks
{
    /// <summary>What happens at a real door arrives at a receiver that was written for Seam (client/webhook.mjs): signed, valid, with person and entrance.</summary>
    [TestClass]
    public sealed class SignedOpeningTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task An_opening_and_a_refusal_arrive_signed_with_person_and_entrance(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind, s => s with { IsPrivateAllowed = true });
            RegisteredDoor front = await rig.RegisterAsync("FRONT", await rig.AddBankAsync());
            using NetDoor door = new(rig, front);
            door.Run(2000);
            GrantHouse house = new(rig);
            string entrance = (await house.EntrancesAsync())["FRONT"];
            JsonNode grant = await house.GrantAsync([entrance], []);
            string person = grant["user_identity_id"]!.GetValue<string>();
            PhoneKey key = DoorsOfServer.KeyOf((await rig.RedeemAsync(GrantHouse.Url(grant), GrantHouse.Phone)).Of("redeemed")["keys"]![0]!, front.Id);
            using Process node = NodeClient.Start(rig, "webhook.mjs");
            Task<string> error = node.StandardError.ReadToEndAsync();
            Assert.AreEqual("ready", await node.StandardOutput.ReadLineAsync(), error.IsCompleted ? error.Result : string.Empty);

            door.RunLong(10_000);
            Assert.AreEqual(Verdict.Granted, door.Tap(key));
            door.RunLong(Limits.SyncPollMs + 10_000);
            Assert.AreEqual($"event lock.unlocked {person} {entrance} proven true", await ReadAsync(node, error));

            await rig.DoAsync("/access_grants/delete", new JsonObject { ["access_grant_id"] = GrantHouse.Id(grant) });
            door.RunLong(Limits.SyncPollMs + 10_000);
            Assert.AreEqual(Verdict.Revoked, door.Tap(key));
            door.RunLong(Limits.SyncPollMs + 10_000);
            Assert.AreEqual($"event lock.access_denied {person} {entrance} proven undefined", await ReadAsync(node, error));

            await node.StandardInput.WriteLineAsync("end");
            Assert.AreEqual("ended", await ReadAsync(node, error));
        }

        [TestMethod]
        public async Task A_door_without_a_network_brings_it_by_the_next_phone()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(s => s with { IsPrivateAllowed = true });
            RelayPhone guest = await site.TakePhoneAsync();
            RelayPhone next = await site.TakePhoneAsync();
            using Process node = NodeClient.Start(site.Server, "webhook.mjs");
            Task<string> error = node.StandardError.ReadToEndAsync();
            Assert.AreEqual("ready", await node.StandardOutput.ReadLineAsync(), error.IsCompleted ? error.Result : string.Empty);
            Assert.AreEqual(Verdict.Granted, guest.Visit());
            Assert.AreEqual(Verdict.Granted, next.Visit());
            await next.GoOnlineAsync();
            string entrance = (await new GrantHouse(site.Server).EntrancesAsync()).Values.Single();
            Assert.AreEqual($"event lock.unlocked {guest.Person} {entrance} unknown true", await ReadAsync(node, error));
            Assert.AreEqual($"event lock.unlocked {next.Person} {entrance} unknown true", await ReadAsync(node, error));
        }

        private static async Task<string?> ReadAsync(Process node, Task<string> error)
        {
            Task<string?> line = node.StandardOutput.ReadLineAsync();
            Task first = await Task.WhenAny(line, Task.Delay(TimeSpan.FromSeconds(30)));
            return first == line ? line.Result ?? await error : throw new TimeoutException("no event came within 30 s");
        }
    }
}
