using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using KeySite = DoorController.KeyServer.Root.Site;

namespace DoorController.Tests.KeyServer.Root
{
    /// <summary>The site root, the marks beside it and the database belong together, or nothing starts.</summary>
    [TestClass]
    public sealed class RootTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_server_with_another_root_refuses_to_start(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.BeginAsync(kind);
            string kept = rig.Files.Root + ".kept";
            File.Move(rig.Files.Root, kept);
            StringAssert.Contains((await FailAsync(rig)).Message, "there is no site root", StringComparison.Ordinal);
            RootFile.Make(rig.Files.Root);
            StringAssert.Contains((await FailAsync(rig)).Message, "belongs to the site root", StringComparison.Ordinal);
            File.WriteAllText(rig.Files.Root, "door controller site root 1\nabc\n");
            StringAssert.Contains((await FailAsync(rig)).Message, "is no site root", StringComparison.Ordinal);
            File.Move(kept, rig.Files.Root, overwrite: true);
            await rig.OpenAsync();
        }

        [TestMethod]
        public async Task Secrets_are_readable_by_their_owner_alone_and_a_root_that_is_not_is_refused()
        {
            if (OperatingSystem.IsWindows())
            {
                Assert.Inconclusive("file modes are those of Unix");
                return;
            }

            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            foreach (string file in new[] { rig.Files.Root, rig.Files.Marks, rig.Files.FirstApiKey })
            {
                Assert.AreEqual(Owner, File.GetUnixFileMode(file), file);
            }

            await rig.CloseAsync();
            File.SetUnixFileMode(rig.Files.Root, Owner | UnixFileMode.GroupRead);
            StringAssert.Contains((await FailAsync(rig)).Message, "chmod 600", StringComparison.Ordinal);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_site_is_begun_once_and_never_over_one_that_was_in_use(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.BeginAsync(kind);
            byte[] root = await File.ReadAllBytesAsync(rig.Files.Root);
            await using (Database same = new(rig.DatabaseSettings, rig.Clock))
            {
                KeyServerException again = await Assert.ThrowsExactlyAsync<KeyServerException>(() => KeySite.BeginAsync(same, rig.Files));
                StringAssert.Contains(again.Message, "has a site already", StringComparison.Ordinal);
            }

            await rig.OpenAsync();
            await rig.AddPersonAsync();
            await rig.CloseAsync();
            await using Database empty = new(DatabaseSettings.File(Path.Combine(rig.Folder, "empty.db")), rig.Clock);
            KeyServerException used = await Assert.ThrowsExactlyAsync<KeyServerException>(() => KeySite.BeginAsync(empty, rig.Files));
            StringAssert.Contains(used.Message, "that of a site in use", StringComparison.Ordinal);
            CollectionAssert.AreEqual(root, await File.ReadAllBytesAsync(rig.Files.Root));
        }

        [TestMethod]
        public async Task PostgreSQL_wants_an_explicit_init()
        {
            string folder = ServerRig.NewFolder();
            await using Database database = new(DatabaseSettings.Server(PostgresServer.NewDatabase()), TimeProvider.System);
            KeyServerException e = await Assert.ThrowsExactlyAsync<KeyServerException>(
                () => KeySite.OpenAsync(database, new SiteFiles(Path.Combine(folder, "site.root"))));
            StringAssert.Contains(e.Message, "run init", StringComparison.Ordinal);
            Assert.AreEqual(0, Directory.GetFiles(folder).Length);
            Directory.Delete(folder);
        }

        [TestMethod]
        public async Task A_database_of_a_newer_server_is_left_alone()
        {
            await using ServerRig rig = await ServerRig.BeginAsync(DatabaseKind.Sqlite);
            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                await database.AppendAsync(s => s.ExecuteAsync("INSERT INTO schema_version (version) VALUES (9999)"));
            }

            StringAssert.Contains((await FailAsync(rig)).Message, "start the newer server", StringComparison.Ordinal);
        }

        [TestMethod]
        public async Task A_torn_last_line_of_the_marks_is_passed_over_and_any_other_damage_stops_the_server()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            await rig.RedeemAsync((await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>());
            await rig.CloseAsync();
            string[] lines = await File.ReadAllLinesAsync(rig.Files.Marks);
            Assert.IsTrue(lines.Any(l => l.StartsWith("key_number 7 1 ", StringComparison.Ordinal)));

            await File.AppendAllTextAsync(rig.Files.Marks, "key_number 7 99 0 4");
            await rig.OpenAsync();
            await rig.AddPersonAsync();
            await rig.CloseAsync();
            await rig.OpenAsync();
            await rig.CloseAsync();

            int at = Array.FindIndex(lines, l => l.StartsWith("key_number", StringComparison.Ordinal));
            lines[at] = lines[at].Replace("key_number 7 1", "key_number 7 0", StringComparison.Ordinal);
            await File.WriteAllLinesAsync(rig.Files.Marks, lines);
            StringAssert.Contains((await FailAsync(rig)).Message, "is damaged in line " + (at + 1), StringComparison.Ordinal);
        }

        [TestMethod]
        public async Task The_marks_file_is_written_anew_before_it_grows_without_bound()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await rig.AddScopeAsync(7, false, 1);
            for (int i = 0; i < 1500; i++)
            {
                await rig.Site.Database.WriteAsync(s => KeyNumbers.RaiseListVersionAsync(s, 7));
            }

            Assert.IsLessThan(1100, (await File.ReadAllLinesAsync(rig.Files.Marks)).Length);
            await rig.CloseAsync();
            await rig.OpenAsync();
        }

        [TestMethod]
        public async Task No_file_of_the_database_holds_a_secret()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            string token = new('q', 40);
            JsonObject key = await rig.AddKeyAsync(await rig.AddPersonAsync());
            string url = key["instant_key_url"]!.GetValue<string>();
            Assert.AreEqual(200, (await rig.RedeemAsync(url, token)).Status);
            string root = (await File.ReadAllLinesAsync(rig.Files.Root))[1];
            await rig.CloseAsync();
            foreach (string file in Directory.GetFiles(rig.Folder, "keyserver.db*"))
            {
                string text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
                foreach (string secret in new[] { token, url[^24..], rig.ApiKey, root, System.Text.Encoding.Latin1.GetString(Convert.FromHexString(root)) })
                {
                    Assert.IsFalse(text.Contains(secret, StringComparison.OrdinalIgnoreCase), file);
                }
            }
        }

        private static async Task<KeyServerException> FailAsync(ServerRig rig)
        {
            await using Database database = new(rig.DatabaseSettings, rig.Clock);
            return await Assert.ThrowsExactlyAsync<KeyServerException>(() => KeySite.OpenAsync(database, rig.Files));
        }
    }
}
