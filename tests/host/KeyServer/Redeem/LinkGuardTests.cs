using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Redeem;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Redeem
{
    /// <summary>Whoever guesses link codes is refused, counted and slowed down, and locks nobody else out.</summary>
    [TestClass]
    public sealed class LinkGuardTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Ten_thousand_wrong_codes_are_refused_counted_and_slowed_down(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind, s => s with { IsBehindProxy = true });
            string url = (await rig.AddKeyAsync(await rig.AddPersonAsync()))["instant_key_url"]!.GetValue<string>();
            Dictionary<int, int> answers = [];
            using HttpClient http = new() { BaseAddress = rig.Address };
            for (int i = 0; i < 10000; i += 100)
            {
                foreach (int status in await Task.WhenAll(Enumerable.Range(i, 100).Select(n => TryAsync(http, "192.0.2.1", "/ik/" + Code(n)))))
                {
                    answers[status] = answers.GetValueOrDefault(status) + 1;
                }
            }

            Assert.AreEqual(10000, answers[404] + answers[429]);
            Assert.IsLessThan(200, answers[404], "nearly all are slowed down");
            JsonObject status2 = (await rig.GetAsync("/links/status")).Body;
            Assert.AreEqual(answers[404], status2["wrong_codes"]!.GetValue<int>());
            Assert.AreEqual(answers[429], status2["refused"]!.GetValue<int>());

            Assert.AreEqual(200, await TryAsync(http, "192.0.2.1", new Uri(url).AbsolutePath), "a guest behind the same address");
            rig.Clock.Move(TimeSpan.FromSeconds(LinkGuard.RefillS + 1));
            Assert.AreEqual(404, await TryAsync(http, "192.0.2.1", "/ik/" + Code(1)));
        }

        [TestMethod]
        public void One_household_of_IPv6_is_one_and_the_table_of_addresses_is_bounded()
        {
            MovingClock clock = new();
            LinkGuard guard = new(clock);
            for (int i = 0; i < LinkGuard.Burst; i++)
            {
                guard.Count(IPAddress.Parse("2001:db8::" + i));
            }

            Assert.ThrowsExactly<ApiException>(() => guard.Check(IPAddress.Parse("2001:db8::ffff")));
            guard.Check(IPAddress.Parse("2001:db8:0:1::1"));

            for (int i = 0; i < LinkGuard.MaxAddresses + 500; i++)
            {
                guard.Count(new IPAddress(i + 1));
            }

            ApiException full = Assert.ThrowsExactly<ApiException>(() => guard.Check(IPAddress.Parse("203.0.113.9")), "strangers share one allowance");
            Assert.AreEqual((429, LinkGuard.RefillS), (full.Status, full.RetryAfterS));
            clock.Move(TimeSpan.FromHours(1));
            guard.Check(IPAddress.Parse("203.0.113.9"));
        }

        [TestMethod]
        public async Task A_look_at_a_link_says_the_same_for_every_code()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            string url = (await rig.AddKeyAsync(await rig.AddPersonAsync()))["instant_key_url"]!.GetValue<string>();
            Answer right = await rig.SendAsync(HttpMethod.Get, new Uri(url).AbsolutePath, null, null);
            Answer wrong = await rig.SendAsync(HttpMethod.Get, "/ik/" + Code(1), null, null);
            Assert.AreEqual(right.Body.ToJsonString(), wrong.Body.ToJsonString());
            Assert.AreEqual("no-referrer", right.Headers.GetValues("Referrer-Policy").Single());
            Assert.AreEqual("no-store", right.Headers.CacheControl!.ToString());
        }

        private static string Code(int n) => n.ToString("d24", System.Globalization.CultureInfo.InvariantCulture);

        private static async Task<int> TryAsync(HttpClient http, string address, string path)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path);
            request.Headers.Add("X-Forwarded-For", "10.9.8.7, " + address);
            request.Headers.Add("Authorization", "Bearer " + Guid.NewGuid().ToString("n"));
            using HttpResponseMessage response = await http.SendAsync(request);
            return (int)response.StatusCode;
        }
    }
}
