using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Seam;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Redeem
{
    /// <summary>What a phone gets for a link, how often, and until when.</summary>
    [TestClass]
    public sealed class RedeemTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_redeemed_key_opens_the_real_door_and_no_other(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1, 2, 3);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1, 3]);
            string url = (await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>();

            Answer redeemed = await rig.RedeemAsync(url);

            Assert.AreEqual(200, redeemed.Status, redeemed.Body.ToJsonString());
            OpenedKey key = OpenedKey.All(rig, redeemed).Single();
            Assert.AreEqual((7, 0b101UL, false), (key.ScopeId, key.Mask, key.IsForFloors));
            JsonObject shown = redeemed.Of("redeemed")["keys"]![0]!.AsObject();
            byte[] credential = Convert.FromBase64String(shown["credential"]!.GetValue<string>());
            CollectionAssert.AreEqual(
                new[] { "1 DOOR 1", "3 DOOR 3" }, shown["doors"]!.AsArray().Select(d => $"{d!["door_id"]} {d["name"]}").ToArray());
            for (uint door = 1; door <= 3; door += 2)
            {
                byte[] credentialKey = Convert.FromBase64String(
                    shown["doors"]!.AsArray().Single(d => d!["door_id"]!.GetValue<uint>() == door)!["credential_key"]!.GetValue<string>());
                Assert.AreEqual(Verdict.Granted, Tap(rig, new PhoneKey(door, credential, credentialKey), door, (int)door - 1));
                Assert.AreEqual(32, Tap(rig, new PhoneKey(2, credential, credentialKey), 2, 1), "the neighbour's door");
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task The_lists_of_all_scopes_of_the_doors_come_along_with_a_tag_for_each_door(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1, 2);
            await rig.AddScopeAsync(8, false, 1);
            await rig.AddScopeAsync(9, false, 2, 3);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            Answer redeemed = await rig.RedeemAsync((await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>());

            JsonArray lists = redeemed.Of("redeemed")["lists"]!.AsArray();
            CollectionAssert.AreEqual(new[] { 7, 8 }, lists.Select(l => l!["scope_id"]!.GetValue<int>()).ToArray());
            foreach (JsonNode? list in lists)
            {
                byte[] body = Convert.FromBase64String(list!["body"]!.GetValue<string>());
                JsonNode tag = list["tags"]!.AsArray().Single()!;
                Assert.AreEqual(1u, tag["door_id"]!.GetValue<uint>());
                CollectionAssert.AreEqual(ListBlob.Tag(rig.Site.Keys.Root, 1, 1, body), Convert.FromBase64String(tag["tag"]!.GetValue<string>()));
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_link_is_good_for_so_many_phones_and_free_to_each_of_them(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            string url = (await rig.AddKeyAsync(person, 2))["instant_key_url"]!.GetValue<string>();
            string phone = new('a', 40);

            for (int i = 0; i < 3; i++)
            {
                Assert.AreEqual(200, (await rig.SendAsync(HttpMethod.Get, new Uri(url).AbsolutePath, null, null)).Status, "a look costs nothing");
            }

            Answer first = await rig.RedeemAsync(url, phone);
            Answer again = await rig.RedeemAsync(url, phone);
            Answer second = await rig.RedeemAsync(url);
            string cookie = second.Headers.GetValues("Set-Cookie").Single();
            StringAssert.Contains(cookie, "httponly", StringComparison.OrdinalIgnoreCase);
            StringAssert.Contains(cookie, "samesite=strict", StringComparison.OrdinalIgnoreCase);
            Answer secondAgain = await rig.RedeemAsync(url, cookie: cookie.Split(';')[0]);
            Answer third = await rig.RedeemAsync(url);

            Assert.AreEqual("200 200 200 200", string.Join(' ', new[] { first, again, second, secondAgain }.Select(a => a.Status)));
            Assert.AreEqual((403, "instant_key_used_up"), (third.Status, third.ErrorType));
            Assert.AreEqual(1, new[] { first, again, second, secondAgain }.Select(a => OpenedKey.All(rig, a).Single().KeyNumber).Distinct().Count());
            Assert.AreEqual(200, (await rig.RedeemAsync(url, phone)).Status);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Many_phones_at_once_use_a_link_no_more_often_than_it_is_good_for(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            string person = await rig.AddPersonAsync();
            string url = (await rig.AddKeyAsync(person, 5))["instant_key_url"]!.GetValue<string>();
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.RedeemAsync(url)));
            Assert.AreEqual(5, answers.Count(a => a.Status == 200));
            Assert.AreEqual(15, answers.Count(a => a.ErrorType == "instant_key_used_up"));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Never_after_expiry_and_never_after_deletion(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1], toS: 3600);
            string phone = new('a', 40);
            string url = (await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>();
            JsonObject deleted = await rig.AddKeyAsync(person);
            string deletedUrl = deleted["instant_key_url"]!.GetValue<string>();
            Assert.AreEqual(200, (await rig.RedeemAsync(url, phone)).Status);
            Assert.AreEqual(200, (await rig.RedeemAsync(deletedUrl, phone)).Status);

            Assert.AreEqual(200, (await rig.PostAsync("/instant_keys/delete", new() { ["instant_key_id"] = deleted["instant_key_id"]!.GetValue<string>() })).Status);
            Assert.AreEqual("instant_key_deleted", (await rig.RedeemAsync(deletedUrl, phone)).ErrorType);
            Assert.AreEqual("instant_key_deleted", (await rig.RedeemAsync(deletedUrl)).ErrorType);
            Assert.AreEqual(200, (await rig.RedeemAsync(url, phone)).Status);
            rig.Clock.Move(TimeSpan.FromSeconds(3601));
            Answer late = await rig.RedeemAsync(url, phone);
            Assert.AreEqual((410, "instant_key_expired"), (late.Status, late.ErrorType));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_renewal_keeps_the_number_and_a_reduction_revokes_it_and_takes_another(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1, 2);
            string person = await rig.AddPersonAsync();
            Right right = await rig.AddRightAsync(person, 7, [1], toS: 86400);
            string phone = new('a', 40);
            string url = (await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>();
            OpenedKey first = OpenedKey.All(rig, await rig.RedeemAsync(url, phone)).Single();

            rig.Clock.Move(TimeSpan.FromHours(1));
            await rig.ChangeRightAsync(right, t => t with { Doors = [1, 2], EndsS = t.EndsS + 86400 });
            OpenedKey wider = OpenedKey.All(rig, await rig.RedeemAsync(url, phone)).Single();
            Assert.AreEqual(first.KeyNumber, wider.KeyNumber);
            Assert.AreEqual(0b11UL, wider.Mask);
            Assert.AreEqual(first.ExpiresAt + 86400, wider.ExpiresAt);
            Assert.IsGreaterThan(first.IssuedAt, wider.IssuedAt);

            HashSet<uint> used = [first.KeyNumber];
            Func<RightTerms, RightTerms>[] reductions =
            [
                t => t with { Doors = [2] }, t => t with { EndsS = t.EndsS - 10 }, t => t with { StartsS = t.StartsS + 10 },
            ];
            foreach (Func<RightTerms, RightTerms> reduction in reductions)
            {
                uint before = OpenedKey.All(rig, await rig.RedeemAsync(url, phone)).Single().KeyNumber;
                Assert.IsFalse(ServerRig.IsSet(await rig.ListAsync(7), before));
                await rig.ChangeRightAsync(right, reduction);
                Assert.IsTrue(ServerRig.IsSet(await rig.ListAsync(7), before), "revoked before anybody renews");
                uint after = OpenedKey.All(rig, await rig.RedeemAsync(url, phone)).Single().KeyNumber;
                Assert.IsTrue(used.Add(after), "a number that was never used");
                Assert.IsFalse(ServerRig.IsSet(await rig.ListAsync(7), after));
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task In_mode_allowed_a_number_is_in_the_list_while_it_is_good(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, true, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            JsonObject key = await rig.AddKeyAsync(person);
            byte[] empty = await rig.ListAsync(7);
            Answer redeemed = await rig.RedeemAsync(key["instant_key_url"]!.GetValue<string>());
            uint number = OpenedKey.All(rig, redeemed).Single().KeyNumber;
            byte[] carried = Convert.FromBase64String(redeemed.Of("redeemed")["lists"]![0]!["body"]!.GetValue<string>());
            Assert.IsFalse(ServerRig.IsSet(empty, number));
            Assert.IsTrue(ServerRig.IsSet(carried, number), "the phone brings the list that allows it");
            Assert.IsGreaterThan(BitConverter.ToUInt32(empty, 4), BitConverter.ToUInt32(carried, 4));
            await rig.PostAsync("/instant_keys/delete", new() { ["instant_key_id"] = key["instant_key_id"]!.GetValue<string>() });
            Assert.IsFalse(ServerRig.IsSet(await rig.ListAsync(7), number));
        }

        [TestMethod]
        public async Task A_long_stay_is_renewed_in_mid_life_and_a_later_one_when_it_begins()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            const int Day = 86400;
            Right right = await rig.AddRightAsync(person, 7, [1], fromS: 3 * Day, toS: 100 * Day);
            string url = (await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>();
            string phone = new('a', 40);

            Answer early = await rig.RedeemAsync(url, phone);
            OpenedKey key = OpenedKey.All(rig, early).Single();
            Assert.AreEqual(right.Terms.StartsS, key.NotBefore);
            Assert.AreEqual(right.Terms.StartsS + (7 * Day), (long)key.ExpiresAt);
            Assert.AreEqual(right.Terms.StartsS, RenewAtS(early));

            rig.Clock.Move(TimeSpan.FromDays(3.5));
            Answer there = await rig.RedeemAsync(url, phone);
            OpenedKey renewed = OpenedKey.All(rig, there).Single();
            Assert.AreEqual(key.KeyNumber, renewed.KeyNumber);
            Assert.AreEqual(renewed.IssuedAt + (7 * Day), (long)renewed.ExpiresAt);
            Assert.AreEqual(renewed.IssuedAt + (7 * Day / 2), RenewAtS(there));

            rig.Clock.Move(TimeSpan.FromDays(95));
            OpenedKey last = OpenedKey.All(rig, await rig.RedeemAsync(url, phone)).Single();
            Assert.AreEqual(right.Terms.EndsS, last.ExpiresAt, "no credential outlives the right");
        }

        [TestMethod]
        public async Task Floors_are_in_a_credential_of_their_own()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await rig.AddScopeAsync(7, false, 1, 2);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1, 2], floors: (1UL << 63) | 0b100);
            Answer redeemed = await rig.RedeemAsync((await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>());
            OpenedKey key = OpenedKey.All(rig, redeemed).Single();
            Assert.AreEqual(((1UL << 63) | 0b100, true), (key.Mask, key.IsForFloors));
            CollectionAssert.AreEqual(
                new[] { 2, 63 }, redeemed.Of("redeemed")["keys"]![0]!["floors"]!.AsArray().Select(f => f!.GetValue<int>()).ToArray());
        }

        [TestMethod]
        public async Task A_token_that_could_be_guessed_and_a_body_are_refused()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            string url = (await rig.AddKeyAsync(await rig.AddPersonAsync()))["instant_key_url"]!.GetValue<string>();
            SeamRoutesTests.AssertInvalid(await rig.RedeemAsync(url, "short"), "Authorization", "random token");
            SeamRoutesTests.AssertInvalid(await rig.RedeemAsync(url, new string('a', 129)), "Authorization", "random token");
            Assert.AreEqual(413, (await rig.SendAsync(HttpMethod.Post, new Uri(url).AbsolutePath, "{}", null)).Status);
            Assert.AreEqual(200, (await rig.RedeemAsync(url)).Status, "none of them was a use");
        }

        /// <summary>Presents the key at a door with the bundle of the rig's scope 7.</summary>
        private static int Tap(ServerRig rig, PhoneKey key, uint door, int index)
        {
            DoorController.Issuer.Bundle bundle = new(1, door, 1, "DOOR " + door, [new BundleScope(7, index, 1)]);
            using DoorRig rigOfDoor = new(bundle, root: rig.Site.Keys.Root);
            return rigOfDoor.Tap(key)[0];
        }

        private static long RenewAtS(Answer redeemed) => DateTimeOffset.Parse(
            redeemed.Of("redeemed")["keys"]![0]!["renew_at"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
    }
}
