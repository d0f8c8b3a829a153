using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Doors
{
    /// <summary>No two doors are known by one name, and a phone is told the names that a door had.</summary>
    [TestClass]
    public sealed class DoorNamesTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_name_that_another_door_has_or_had_within_90_days_is_refused(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor pool = await rig.RegisterAsync("POOL");
            RegisteredDoor safe = await rig.RegisterAsync("SAFE");
            foreach (string taken in new[] { "POOL", "pool" })
            {
                Answer answer = await rig.PostAsync("/doors/register", new JsonObject { ["name"] = taken });
                Assert.AreEqual((409, "door_name_taken"), (answer.Status, answer.ErrorType));
                answer = await RenameAsync(rig, safe.Id, taken);
                Assert.AreEqual((409, "door_name_taken"), (answer.Status, answer.ErrorType));
            }

            Assert.AreEqual(200, (await RenameAsync(rig, pool.Id, "BATH")).Status);
            Assert.AreEqual(409, (await RenameAsync(rig, safe.Id, "POOL")).Status, "phones still know the other one by it");
            Assert.AreEqual(200, (await RenameAsync(rig, pool.Id, "Bath")).Status, "its own name in another case");
            Assert.AreEqual(200, (await RenameAsync(rig, pool.Id, "POOL")).Status, "and back");
            Assert.AreEqual(200, (await RenameAsync(rig, pool.Id, "BATH")).Status);
            rig.Clock.Move(TimeSpan.FromDays(91));
            Assert.AreEqual(200, (await RenameAsync(rig, safe.Id, "POOL")).Status);
            await rig.DoAsync("/doors/retire", new JsonObject { ["door_id"] = safe.Id });
            await rig.RegisterAsync("POOL");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_door_hears_of_its_name_and_a_phone_of_those_before(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor registered = await rig.RegisterAsync("POOL");
            using NetDoor door = new(rig, registered);
            await RenameAsync(rig, registered.Id, "BATH");
            await RenameAsync(rig, registered.Id, "SPA");
            door.Run(2000);
            Assert.AreEqual("SPA", door.Memory.Keyring.Name);
            JsonNode told = await RedeemedDoorAsync(rig, registered);
            Assert.AreEqual("SPA", told["name"]!.GetValue<string>());
            CollectionAssert.AreEqual(new[] { "BATH", "POOL" }, told["former_names"]!.AsArray().Select(n => n!.GetValue<string>()).ToArray());
            rig.Clock.Move(TimeSpan.FromDays(91));
            Assert.IsEmpty((await RedeemedDoorAsync(rig, registered))["former_names"]!.AsArray());
        }

        [TestMethod]
        public async Task A_name_that_is_none_is_refused_by_field_and_changes_nothing()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            RegisteredDoor door = await rig.RegisterAsync("POOL");
            foreach (string name in new[] { string.Empty, new string('A', 27), "É" })
            {
                Answer answer = await RenameAsync(rig, door.Id, name);
                Assert.AreEqual(400, answer.Status);
                Assert.Contains("name", answer.Body.ToJsonString());
            }

            Assert.AreEqual(404, (await RenameAsync(rig, 9999, "X")).Status);
            Assert.AreEqual("POOL", (await rig.DoAsync("/doors/get", new JsonObject { ["door_id"] = door.Id }))["door"]!["name"]!.GetValue<string>());
        }

        private static Task<Answer> RenameAsync(ServerRig rig, uint door, string name) =>
            rig.PostAsync("/doors/rename", new JsonObject { ["door_id"] = door, ["name"] = name });

        private static async Task<JsonNode> RedeemedDoorAsync(ServerRig rig, RegisteredDoor door)
        {
            string person = await rig.AddPersonAsync();
            await rig.DoAsync("/rights/assign", rig.Wish(person, door));
            Answer redeemed = await rig.RedeemAsync((await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>());
            return redeemed.Of("redeemed")["keys"]![0]!["doors"]![0]!;
        }
    }
}
