using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Flash.Provision;
using DoorController.Issuer;
using DoorController.KeyServer.Store;
using DoorController.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Doors
{
    /// <summary>Doors, scopes and rights by their routes.</summary>
    [TestClass]
    public sealed class DoorRoutesTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task The_flash_tool_registers_a_door_and_takes_its_files(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            int bank = await rig.AddBankAsync();
            using KeyServerClient client = new(rig.Address, rig.ApiKey);
            ProvisioningSet set = await client.RegisterAsync(
                new JsonObject { ["name"] = "Lobby east", ["scope_ids"] = new JsonArray(bank), ["own_scope"] = true, ["settings"] = new JsonObject { ["hold_ms"] = 3000 } },
                default);
            Assert.AreEqual(("Lobby east", 1, 1u), (set.Bundle.Name, set.Bundle.Generation, set.Bundle.Version));
            Assert.AreEqual((2, bank), (set.Bundle.Scopes.Count, set.Bundle.Scopes[1]));
            Assert.AreEqual(0, set.SlotsWithoutList.Count());
            JsonNode door = (await rig.DoAsync("/doors/get", new JsonObject { ["door_id"] = set.Bundle.DoorId }))["door"]!;
            Assert.AreEqual(3000, door["settings"]!["hold_ms"]!.GetValue<int>());
            Assert.IsNull(door["provision"], "told once");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task An_index_is_never_given_twice_within_a_generation(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            int bank = await rig.AddBankAsync();
            uint last = 0;
            for (int i = 0; i < Limits.DoorsInScope; i++)
            {
                last = (await rig.RegisterAsync("DOOR " + i, bank)).Id;
            }

            await rig.DoAsync("/doors/retire", new JsonObject { ["door_id"] = last });
            Answer full = await rig.PostAsync("/doors/register", new JsonObject { ["name"] = "ONE MORE", ["scope_ids"] = new JsonArray(bank) });
            Assert.AreEqual((409, "scope_full"), (full.Status, full.ErrorType));
            await rig.DoAsync("/scopes/rekey", new JsonObject { ["scope_id"] = bank });
            full = await rig.PostAsync("/doors/register", new JsonObject { ["name"] = "ONE MORE", ["scope_ids"] = new JsonArray(bank) });
            Assert.AreEqual(409, full.Status, "while old credentials live, their doors keep their indexes");
            await rig.DoAsync("/scopes/rekey", new JsonObject { ["scope_id"] = bank, ["previous_for_hours"] = 0 });
            RegisteredDoor door = await rig.RegisterAsync("ONE MORE", bank);
            JsonNode shape = (await rig.DoAsync("/doors/get", new JsonObject { ["door_id"] = door.Id }))["door"]!;
            Assert.AreEqual(Limits.DoorsInScope - 1, shape["scopes"]![0]!["door_index"]!.GetValue<int>());
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_broken_board_is_replaced_under_a_new_door_key_and_the_old_one_hears_nothing(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            string person = await rig.AddPersonAsync();
            (PhoneKey key, _, _) = await rig.GiveKeyAsync(person, door.ScopeId, door.Id);
            RegisteredDoor next = DoorsOfServer.Read(await rig.DoAsync("/doors/replace", new JsonObject { ["door_id"] = door.Id, ["is_stolen"] = false }));
            Assert.AreEqual(door.Id, next.Id);
            Assert.IsNull(rig.Sync(DoorsOfServer.Request(door.Id, 1)));
            using NetDoor board = new(rig, next);
            board.Run(2000);
            Assert.AreEqual((Verdict.Granted, 2), (board.Tap(key), board.Memory.Keyring.Generation));
            Assert.AreEqual(ClockQuality.Proven, board.Memory.Time.Quality);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_stolen_board_loses_its_place_to_another_door(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            string person = await rig.AddPersonAsync();
            (PhoneKey key, _, _) = await rig.GiveKeyAsync(person, door.ScopeId, door.Id);
            RegisteredDoor next = DoorsOfServer.Read(await rig.DoAsync("/doors/replace", new JsonObject { ["door_id"] = door.Id, ["is_stolen"] = true }));
            Assert.AreNotEqual(door.Id, next.Id);
            Assert.IsNull(rig.Sync(DoorsOfServer.Request(door.Id, 1)));
            using NetDoor board = new(rig, next);
            Assert.AreEqual(Verdict.GenericRefusal, board.Tap(key with { DoorId = next.Id }), "what the thief can make opens the old door only");
            JsonNode right = (await rig.DoAsync("/rights/list", new JsonObject { ["user_identity_id"] = person }))["rights"]![0]!;
            Assert.AreEqual(next.Id, right["door_ids"]![0]!.GetValue<uint>(), "the guest's next renewal opens it");
            Answer again = await rig.PostAsync("/doors/replace", new JsonObject { ["door_id"] = door.Id, ["is_stolen"] = true });
            Assert.AreEqual((409, "door_retired"), (again.Status, again.ErrorType));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Floors_are_a_matter_of_cars(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            int bank = await rig.AddBankAsync();
            JsonObject car = await rig.DoAsync("/doors/register", new JsonObject { ["name"] = "CAR 1", ["scope_ids"] = new JsonArray(bank), ["floors"] = 8 });
            uint id = car["door"]!["door_id"]!.GetValue<uint>();
            RegisteredDoor door = await rig.RegisterAsync("DOOR", bank);
            string person = await rig.AddPersonAsync();
            JsonObject Wish(uint on, params int[]? floors) => new()
            {
                ["user_identity_id"] = person,
                ["scope_id"] = bank,
                ["door_ids"] = new JsonArray(on),
                ["starts_at"] = "2026-01-01T00:00:00Z",
                ["ends_at"] = "2027-01-01T00:00:00Z",
                ["floors"] = floors == null ? null : new JsonArray([.. floors.Select(f => (JsonNode)f)]),
            };
            JsonObject right = await rig.DoAsync("/rights/assign", Wish(id, 0, 7));
            Assert.AreEqual("[0,7]", right["right"]!["floors"]!.ToJsonString());
            foreach (JsonObject wrong in new[] { Wish(id, 8), Wish(id), Wish(door.Id, 1), Wish(id, 64), Wish(id, -1) })
            {
                Answer answer = await rig.PostAsync("/rights/assign", wrong);
                Assert.AreEqual((400, "invalid_input"), (answer.Status, answer.ErrorType), wrong.ToJsonString());
            }

            JsonObject withoutFloors = Wish(id);
            withoutFloors.Remove("floors");
            Assert.AreEqual(400, (await rig.PostAsync("/rights/assign", withoutFloors)).Status);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_technician_and_a_phone_get_what_answers_a_challenge(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            using NetDoor board = new(rig, door);
            JsonObject answer = await rig.DoAsync(
                "/doors/technician_response", new JsonObject { ["door_id"] = door.Id, ["challenge"] = "0102030405060708", ["command"] = "strike" });
            Assert.AreEqual(
                ServerBlobs.TechnicianResponse(rig.Site.Keys.Root, door.Id, 1, [1, 2, 3, 4, 5, 6, 7, 8], 1), answer["response"]!.GetValue<string>());
            byte[] challenge = new byte[Keys.ChallengeLength];
            board.Memory.Challenge.CopyTo(challenge, 0, 0);
            foreach (string kindOfToken in new[] { "time_token", "floor_reset" })
            {
                JsonObject token = await rig.DoAsync(
                    "/doors/" + kindOfToken, new JsonObject { ["door_id"] = door.Id, ["challenge"] = Convert.ToHexString(challenge) });
                byte[] blob = Convert.FromHexString(token["token"]!.GetValue<string>());
                BlobIntake intake = new(board.Rig.Host.Board, board.Memory);
                Assert.AreEqual(CarryState.Accepted, intake.Take(blob, 0, blob.Length, 0), kindOfToken);
                board.Memory.Challenge.CopyTo(challenge, 0, 0);
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Every_route_wants_an_api_key_and_parameters_of_its_own(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            string[] paths =
            [
                "/scopes/create", "/scopes/list", "/scopes/update", "/scopes/rekey", "/doors/register", "/doors/list", "/doors/get", "/doors/status", "/doors/replace",
                "/doors/rename", "/doors/retire", "/doors/floor_reset", "/doors/time_token", "/doors/technician_response", "/rights/assign", "/rights/change",
                "/rights/delete", "/rights/list", "/emergency_keys/create", "/audit/list", "/alarms/list", "/alarms/delete",
            ];
            foreach (string path in paths)
            {
                Assert.AreEqual(401, (await rig.SendAsync(System.Net.Http.HttpMethod.Post, path, "{}", null)).Status, path);
                Assert.AreEqual(401, (await rig.SendAsync(System.Net.Http.HttpMethod.Post, path, "{}", "seam_doorwrong")).Status, path);
                Answer unknown = await rig.PostAsync(path, new JsonObject { ["no_such"] = "'; DROP TABLE doors; --" });
                Assert.AreEqual(400, unknown.Status, path);
            }

            Assert.AreEqual(200, (await rig.PostAsync("/doors/get", new JsonObject { ["door_id"] = door.Id })).Status);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Texts_stay_texts(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            foreach (string name in new[] { "'; DROP TABLE doors; --", "x' OR '1'='1", "\"quoted\"", "../../etc/passwd", "@door; $1 %s" })
            {
                RegisteredDoor door = await rig.RegisterAsync(name.Length > 26 ? name[..26] : name);
                JsonNode shape = (await rig.DoAsync("/doors/get", new JsonObject { ["door_id"] = door.Id }))["door"]!;
                Assert.AreEqual(name.Length > 26 ? name[..26] : name, shape["name"]!.GetValue<string>());
                await rig.AddBankAsync(name);
                Answer twice = await rig.PostAsync("/scopes/create", new JsonObject { ["name"] = name });
                Assert.AreEqual((409, "scope_name_taken"), (twice.Status, twice.ErrorType));
            }

            foreach (string bad in new[] { "", "TÜR", "a\nb", new string('x', 27) })
            {
                Assert.AreEqual(400, (await rig.PostAsync("/doors/register", new JsonObject { ["name"] = bad })).Status, bad);
            }

            Assert.AreEqual(400, (await rig.PostAsync("/audit/list", new JsonObject { ["user_identity_id"] = "x' OR '1'='1" })).Status);
            Assert.AreEqual(400, (await rig.PostAsync("/doors/get", new JsonObject { ["door_id"] = "1 OR 1=1" })).Status);
            Assert.AreEqual(404, (await rig.PostAsync("/doors/get", new JsonObject { ["door_id"] = 4_000_000_000 })).Status);
        }
    }
}
