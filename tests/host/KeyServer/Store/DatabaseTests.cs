using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Store
{
    /// <summary>One set of SQL, two databases, the same rules.</summary>
    [TestClass]
    public sealed class DatabaseTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Changes_take_one_place_after_another_and_a_failed_one_leaves_nothing(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            long before = await ChangeAsync(rig);
            long[] changes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => rig.Site.Database.WriteAsync(async s =>
            {
                await s.MarkAsync(MarkKind.KeyNumber, i, 1);
                return s.Change;
            })));
            CollectionAssert.AreEqual(Enumerable.Range(1, 60).Select(i => before + i).ToArray(), changes.Order().ToArray());

            await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => rig.Site.Database.WriteAsync<int>(async s =>
            {
                await s.MarkAsync(MarkKind.KeyNumber, 1000, 1);
                throw new InvalidOperationException();
            }));
            Assert.AreEqual(before + 60, await ChangeAsync(rig));
            Assert.AreEqual(0L, await rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT COUNT(*) FROM marks WHERE id = '1000'")));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Several_statements_of_a_reading_see_one_state(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.Site.Database.ReadAsync(async s =>
            {
                long? first = await s.NumberAsync("SELECT COUNT(*) FROM user_identities");
                await Task.Run(() => rig.AddPersonAsync());
                Assert.AreEqual(first, await s.NumberAsync("SELECT COUNT(*) FROM user_identities"));
                return 0;
            });
            Assert.AreEqual(1L, await rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT COUNT(*) FROM user_identities")));
        }

        [TestMethod]
        public async Task A_transaction_that_lost_against_another_is_run_again_and_at_last_given_up()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.PostgreSql);
            foreach (int scope in new[] { 1, 2 })
            {
                await rig.AddScopeAsync(scope);
            }

            int runs = 0;
            using Barrier both = new(2);
            await Task.WhenAll(UpdateAsync(1, 2), UpdateAsync(2, 1));
            Assert.AreEqual(3, runs, "one of the two was run twice");
            Assert.AreEqual(4L, await rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT SUM(watermark) FROM scopes")), "each counted once");

            int tries = 0;
            await Assert.ThrowsExactlyAsync<Npgsql.PostgresException>(() => rig.Site.Database.AppendAsync(async s =>
            {
                tries++;
                return await s.ExecuteAsync("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$");
            }));
            Assert.AreEqual(Database.MaxTries, tries);

            Task UpdateAsync(int first, int second) => Task.Run(() => rig.Site.Database.AppendAsync(async s =>
            {
                int run = Interlocked.Increment(ref runs);
                await s.ExecuteAsync("UPDATE scopes SET watermark = watermark + 1 WHERE scope_id = @scope", ("scope", first));
                if (run <= 2)
                {
                    both.SignalAndWait(TimeSpan.FromSeconds(30));
                }

                return await s.ExecuteAsync("UPDATE scopes SET watermark = watermark + 1 WHERE scope_id = @scope", ("scope", second));
            }));
        }

        [TestMethod]
        public async Task Both_databases_have_the_same_tables_and_columns()
        {
            await using ServerRig sqlite = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await using ServerRig postgres = await ServerRig.StartAsync(DatabaseKind.PostgreSql);
            List<string> one = await sqlite.Site.Database.QueryAsync(s => s.QueryAsync(
                "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'", row => row.GetString(0)));
            List<string> other = await postgres.Site.Database.QueryAsync(s => s.QueryAsync(
                "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'", row => row.GetString(0)));
            Assert.IsGreaterThan(100, one.Count);
            CollectionAssert.AreEqual(one.Order(StringComparer.Ordinal).ToArray(), other.Order(StringComparer.Ordinal).ToArray());
        }

        [TestMethod]
        public async Task A_database_that_does_not_answer_is_said_so_and_no_more()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.PostgreSql);
            PostgresServer.Drop(rig.DatabaseSettings.ConnectionString);
            Answer answer = await rig.GetAsync("/instant_keys/list");
            Assert.IsGreaterThanOrEqualTo(500, answer.Status);
            Assert.IsFalse(answer.Body.ToJsonString().Contains("127.0.0.1", StringComparison.Ordinal));
            Assert.IsFalse(answer.Body["ok"]!.GetValue<bool>());
        }

        private static async Task<long> ChangeAsync(ServerRig rig) =>
            await rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT change FROM site")) ?? 0;
    }
}
