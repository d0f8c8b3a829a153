using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Keeping;
using DoorController.Tests.KeyServer.Seam;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Redeem
{
    /// <summary>How long a key opens without a network: what scope and right say, and what becomes of keys in use when it is lowered.</summary>
    [TestClass]
    public sealed class OfflineHoursTests
    {
        private const int Week = 168;
        private const string Phone = "phone-of-this-guest-0123456789abcdef";

        [TestMethod]
        [DataRow(null, null, 400, Week)]
        [DataRow(null, null, 100, 100)]
        [DataRow(24, null, 400, 24)]
        [DataRow(24, 72, 400, 72)]
        [DataRow(72, 24, 400, 24)]
        [DataRow(1, null, 400, 1)]
        [DataRow(72, 168, 30, 30)]
        public async Task A_key_opens_for_as_long_as_its_right_says_else_its_scope_else_a_week(int? scope, int? right, int stay, int expected)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            Stay guest = await Stay.BeginAsync(rig, scope, right, stay);
            JsonNode key = await guest.RenewAsync();
            Assert.AreEqual(expected, Hours(rig, key["expires_at"]!), 0.01);
            Assert.AreEqual(expected / 2.0, Hours(rig, key["renew_at"]!), 0.01, "when half is gone");
            Assert.AreEqual(stay, Hours(rig, key["ends_at"]!), 0.01, "so long it can be renewed");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_right_is_lowered_only_with_a_word_on_the_keys_in_use(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            Stay guest = await Stay.BeginAsync(rig, null, null, 400);
            uint number = Number(rig, await guest.RenewAsync());

            SeamRoutesTests.AssertInvalid(await guest.TryChangeAsync(24, null), "keys_in_use", "offline_hours goes from 168 to 24");
            Assert.IsNull((await guest.RightAsync())["offline_hours"], "nothing was changed");
            SeamRoutesTests.AssertInvalid(await guest.TryChangeAsync(24, "burn"), "keys_in_use", "revoke");

            JsonNode kept = await guest.ChangeAsync(72, "keep");
            Assert.AreEqual((1, false), (kept["longer"]!.GetValue<int>(), kept["revoked"]!.GetValue<bool>()));
            Assert.AreEqual(Week, Hours(rig, kept["until"]!), 0.01, "a door that hears nothing lets it in until then");
            Assert.IsFalse(await guest.IsRevokedAsync(number));

            JsonNode revoked = await guest.ChangeAsync(24, "revoke");
            Assert.AreEqual((1, true), (revoked["longer"]!.GetValue<int>(), revoked["revoked"]!.GetValue<bool>()));
            Assert.IsTrue(await guest.IsRevokedAsync(number));
            JsonNode renewed = await guest.RenewAsync();
            Assert.AreNotEqual(number, Number(rig, renewed), "under another number");
            Assert.AreEqual(24, Hours(rig, renewed["expires_at"]!), 0.01);

            Assert.IsNull((await guest.TryChangeAsync(100, null)).Body["keys_in_use"], "raised: nothing to reach");
            Assert.IsFalse(await guest.IsRevokedAsync(Number(rig, renewed)));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_scope_reaches_the_keys_that_open_for_longer_and_no_others(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            Stay longer = await Stay.BeginAsync(rig, null, null, 400);
            Stay named = await longer.BesideAsync(100, 400);
            Stay leaving = await longer.BesideAsync(null, 20);
            uint[] numbers = [Number(rig, await longer.RenewAsync()), Number(rig, await named.RenewAsync()), Number(rig, await leaving.RenewAsync())];

            SeamRoutesTests.AssertInvalid(await longer.TryUpdateScopeAsync(24, null), "keys_in_use", "from 168 to 24");
            JsonNode reached = (await longer.TryUpdateScopeAsync(24, "revoke")).Body["keys_in_use"]!;
            Assert.AreEqual(1, reached["longer"]!.GetValue<int>());
            Assert.IsTrue(await longer.IsRevokedAsync(numbers[0]));
            Assert.IsFalse(await longer.IsRevokedAsync(numbers[1]), "its right says another value");
            Assert.IsFalse(await longer.IsRevokedAsync(numbers[2]), "it ends before");
            Assert.AreEqual(24, Hours(rig, (await longer.RenewAsync())["expires_at"]!), 0.01);

            JsonNode scope = (await longer.TryUpdateScopeAsync(null, null)).Body["scope"]!;
            Assert.IsNull(scope["offline_hours"]);
            Assert.AreEqual(Week, Hours(rig, (await longer.RenewAsync())["expires_at"]!), 0.01);
        }

        [TestMethod]
        public async Task A_stay_that_begins_later_is_measured_from_its_start()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            Stay guest = await Stay.BeginAsync(rig, null, 24, 400, startsInHours: 100);
            Assert.AreEqual(124, Hours(rig, (await guest.RenewAsync())["expires_at"]!), 0.01);
            JsonNode reached = await guest.ChangeAsync(23, "revoke");
            Assert.AreEqual(1, reached["longer"]!.GetValue<int>());
            Assert.AreEqual(123, Hours(rig, (await guest.RenewAsync())["expires_at"]!), 0.01);
        }

        [TestMethod]
        public async Task Staff_and_emergency_keys_name_their_value()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            foreach (string kind in new[] { "staff", "emergency" })
            {
                JsonObject wish = new() { ["name"] = kind, ["kind"] = kind };
                SeamRoutesTests.AssertInvalid(await rig.PostAsync("/scopes/create", wish), "offline_hours", "no default");
                wish["offline_hours"] = 4380;
                JsonNode scope = (await rig.DoAsync("/scopes/create", wish))["scope"]!;
                Assert.AreEqual(4380, scope["offline_hours"]!.GetValue<int>());
                SeamRoutesTests.AssertInvalid(
                    await rig.PostAsync("/scopes/update", new() { ["scope_id"] = scope["scope_id"]!.GetValue<int>(), ["offline_hours"] = null }), "offline_hours", "no default");
            }

            SeamRoutesTests.AssertInvalid(
                await rig.PostAsync("/scopes/create", new() { ["name"] = "guests", ["kind"] = "bank", ["offline_hours"] = 169 }), "offline_hours", "1 to 168");
            RegisteredDoor door = await rig.RegisterAsync();
            SeamRoutesTests.AssertInvalid(await rig.PostAsync("/scopes/update", new() { ["scope_id"] = door.ScopeId }), "offline_hours", "or null");
            SeamRoutesTests.AssertInvalid(
                await rig.PostAsync("/scopes/update", new() { ["scope_id"] = door.ScopeId, ["offline_hours"] = 169 }), "offline_hours", "staff or emergency");

            JsonObject key = rig.Wish(await rig.AddPersonAsync(), door);
            SeamRoutesTests.AssertInvalid(await rig.PostAsync("/emergency_keys/create", key), "offline_hours", "never renewed");
            key["offline_hours"] = 47;
            SeamRoutesTests.AssertInvalid(await rig.PostAsync("/emergency_keys/create", key), "offline_hours", "never renewed");
            SeamRoutesTests.AssertInvalid(await rig.PostAsync("/rights/assign", With(key, 169)), "offline_hours", "1 to 168");
            key["ends_at"] = rig.Clock.GetUtcNow().AddDays(300).ToString("o");
            JsonNode emergency = (await rig.DoAsync("/emergency_keys/create", With(key, 7200)))["emergency_key"]!;
            Assert.AreEqual(7200, Hours(rig, emergency["expires_at"]!), 0.01);

            JsonObject change = With(key, 7200);
            change["right_id"] = emergency["right_id"]!.GetValue<string>();
            await rig.DoAsync("/rights/change", change);
            SeamRoutesTests.AssertInvalid(await rig.PostAsync("/rights/change", With(change, 7201)), "offline_hours", "1 to 7200");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task What_was_lowered_stays_so_when_an_older_database_is_restored(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            Stay guest = await Stay.BeginAsync(rig, null, null, 400);
            Stay lowered = await guest.BesideAsync(100, 400);
            await guest.RenewAsync();
            await lowered.RenewAsync();
            await rig.CloseAsync();
            Backup backup = Backup.Take(rig);
            await rig.OpenAsync();
            await guest.TryUpdateScopeAsync(12, "keep");
            await guest.TryUpdateScopeAsync(24, null);
            await lowered.ChangeAsync(50, "keep");
            await rig.CloseAsync();
            backup.Restore(rig);
            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                await Restore.RunAsync(database, rig.Files);
            }

            await rig.OpenAsync();
            Assert.AreEqual(24, Hours(rig, (await guest.RenewAsync())["expires_at"]!), 0.01);
            Assert.IsEmpty((await rig.RedeemAsync(lowered.Url, Phone)).Of("redeemed")["keys"]!.AsArray(), "a right that was reduced is closed");
        }

        private static double Hours(ServerRig rig, JsonNode time) => (DateTimeOffset.Parse(time.GetValue<string>(), null) - rig.Clock.GetUtcNow()).TotalHours;

        private static uint Number(ServerRig rig, JsonNode key) =>
            OpenedKey.Open(rig.Site.Keys.Root, Convert.FromBase64String(key["credential"]!.GetValue<string>())).KeyNumber;

        private static JsonObject With(JsonObject wish, int hours)
        {
            JsonObject changed = (JsonObject)wish.DeepClone();
            changed["offline_hours"] = hours;
            return changed;
        }

        /// <summary>A guest with one door, and the requests about the right.</summary>
        private sealed class Stay(ServerRig rig, RegisteredDoor door)
        {
            private JsonObject _wish = [];
            private string _rightId = string.Empty;

            /// <summary>The link.</summary>
            public string Url { get; private set; } = string.Empty;

            public static async Task<Stay> BeginAsync(ServerRig rig, int? scopeHours, int? rightHours, int stay, int startsInHours = 0)
            {
                RegisteredDoor door = await rig.RegisterAsync();
                Stay begun = new(rig, door);
                if (scopeHours != null)
                {
                    await begun.TryUpdateScopeAsync(scopeHours, "keep");
                }

                await begun.GiveAsync(rightHours, stay, startsInHours);
                return begun;
            }

            /// <summary>Another guest of the same door.</summary>
            public async Task<Stay> BesideAsync(int? hours, int stay)
            {
                Stay beside = new(rig, door);
                await beside.GiveAsync(hours, stay, 0);
                return beside;
            }

            /// <summary>Asks for the key again.</summary>
            public async Task<JsonNode> RenewAsync() => (await rig.RedeemAsync(Url, Phone)).Of("redeemed")["keys"]!.AsArray().Single()!;

            public async Task<bool> IsRevokedAsync(uint number) => ServerRig.IsSet(await rig.ListAsync(door.ScopeId), number);

            public async Task<JsonNode> RightAsync() => (await rig.DoAsync("/rights/list", new JsonObject { ["user_identity_id"] = _wish["user_identity_id"]!.GetValue<string>() }))["rights"]![0]!;

            public async Task<JsonNode> ChangeAsync(int hours, string keysInUse) => (await TryChangeAsync(hours, keysInUse)).Of("keys_in_use");

            public Task<Answer> TryChangeAsync(int hours, string? keysInUse)
            {
                JsonObject change = With(_wish, hours);
                change["right_id"] = _rightId;
                return rig.PostAsync("/rights/change", Say(change, keysInUse));
            }

            public Task<Answer> TryUpdateScopeAsync(int? hours, string? keysInUse) =>
                rig.PostAsync("/scopes/update", Say(new JsonObject { ["scope_id"] = door.ScopeId, ["offline_hours"] = hours }, keysInUse));

            private static JsonObject Say(JsonObject body, string? keysInUse)
            {
                if (keysInUse != null)
                {
                    body["keys_in_use"] = keysInUse;
                }

                return body;
            }

            private async Task GiveAsync(int? hours, int stay, int startsInHours)
            {
                string person = await rig.AddPersonAsync();
                _wish = rig.Wish(person, door, startsInHours);
                _wish["ends_at"] = rig.Clock.GetUtcNow().AddHours(startsInHours + stay).ToString("o");
                _wish["offline_hours"] = hours;
                _rightId = (await rig.DoAsync("/rights/assign", _wish))["right"]!["right_id"]!.GetValue<string>();
                Url = (await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>();
            }
        }
    }
}
