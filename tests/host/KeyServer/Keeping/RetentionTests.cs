using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Keeping
{
    /// <summary>What is over goes after the retention, and nothing that still matters.</summary>
    [TestClass]
    public sealed class RetentionTests
    {
        private static readonly string[] Tables = ["instant_keys", "client_sessions", "redeem_sessions", "rights", "right_doors"];

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Instant_keys_and_rights_go_after_the_retention_and_their_persons_stay(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind, s => s with { RetentionDays = 30 });
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            const int Day = 86400;
            await rig.AddRightAsync(person, 7, [1], toS: Day);
            JsonObject old = await rig.AddKeyAsync(person);
            await rig.RedeemAsync(old["instant_key_url"]!.GetValue<string>());
            await rig.PostAsync("/instant_keys/delete", new() { ["instant_key_id"] = old["instant_key_id"]!.GetValue<string>() });
            await rig.AddRightAsync(person, 7, [1], toS: 100 * Day);
            JsonObject kept = await rig.AddKeyAsync(person);
            await rig.RedeemAsync(kept["instant_key_url"]!.GetValue<string>());
            Retention retention = new(rig.Site, rig.Settings);

            rig.Clock.Move(TimeSpan.FromDays(30));
            Assert.AreEqual(0, await retention.RunAsync());
            Assert.AreEqual("2 2 2 2 2", await CountAsync(rig));
            rig.Clock.Move(TimeSpan.FromDays(2));
            Assert.AreEqual(1, await retention.RunAsync());
            Assert.AreEqual("1 1 1 2 2", await CountAsync(rig), "a right whose number is in a list's window stays");
            await rig.Site.Database.WriteAsync(s => s.ExecuteAsync("DELETE FROM keys"));
            Assert.AreEqual(1, await retention.RunAsync());
            Assert.AreEqual("1 1 1 1 1", await CountAsync(rig));

            Assert.AreEqual(403, (await rig.RedeemAsync(kept["instant_key_url"]!.GetValue<string>())).Status, "its one use is remembered");
            Assert.AreEqual(200, (await rig.GetAsync("/user_identities/get?user_identity_id=" + person)).Status);
            await rig.CloseAsync();
            await rig.OpenAsync();
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_right_too_many_is_refused_and_none_is_passed_over(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            for (int i = 0; i < RightsBook.MaxRights; i++)
            {
                await rig.AddRightAsync(person, 7, [1], toS: i < 5 ? 60 : 86400);
            }

            ApiException e = await Assert.ThrowsExactlyAsync<ApiException>(() => rig.AddRightAsync(person, 7, [1]));
            Assert.AreEqual((409, "too_many_rights"), (e.Status, e.Type));
            rig.Clock.Move(TimeSpan.FromSeconds(61));
            for (int i = 0; i < 5; i++)
            {
                await rig.AddRightAsync(person, 7, [1]);
            }

            Answer redeemed = await rig.RedeemAsync((await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>());
            Assert.AreEqual(RightsBook.MaxRights, OpenedKey.All(rig, redeemed).Count);
        }

        private static async Task<string> CountAsync(ServerRig rig)
        {
            List<long> counts = [];
            foreach (string table in Tables)
            {
                counts.Add(await rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT COUNT(*) FROM " + table)) ?? 0);
            }

            return string.Join(' ', counts);
        }
    }
}
