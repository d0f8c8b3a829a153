using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Store
{
    /// <summary>A disk that is full: what was acknowledged is there, what was refused is not, and both the answer and the log say why.</summary>
    [TestClass]
    public sealed class DiskFullTests
    {
        [TestMethod]
        public async Task With_the_databases_disk_full_a_change_is_refused_and_absent()
        {
            await using SmallDisk disk = SmallDisk.Mount();
            await RunAsync(disk, ["--data", disk.Folder, "--root", Path.Combine(disk.Outside, "site.root")]);
        }

        [TestMethod]
        public async Task With_the_marks_disk_full_a_change_is_refused_and_absent_or_acknowledged_and_present()
        {
            await using SmallDisk disk = SmallDisk.Mount();
            await RunAsync(disk, ["--data", disk.Outside, "--root", Path.Combine(disk.Folder, "site.root")]);
        }

        private static async Task RunAsync(SmallDisk disk, string[] where)
        {
            await using ServerProcess server = await ServerProcess.StartAsync([.. where]);
            string key = (await File.ReadAllTextAsync(Path.Combine(where[3][..^"site.root".Length], "site.root.first-api-key"))).Trim();
            List<string> acknowledged = [];
            List<string> refused = [];
            for (int i = 0; i < 150; i++)
            {
                if (i == 30)
                {
                    disk.Fill();
                }

                if (i == 120)
                {
                    disk.Free();
                }

                string name = "guest " + i;
                Answer answer = await server.SendAsync(HttpMethod.Post, "/scopes/create", new() { ["name"] = name }, key);
                (answer.Status == 200 ? acknowledged : refused).Add(name);
                if (answer.Status != 200)
                {
                    Assert.AreEqual((503, "disk_full"), (answer.Status, answer.ErrorType));
                    Assert.AreEqual(60, answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
                }
            }

            Assert.IsGreaterThan(10, refused.Count);
            Assert.IsGreaterThan(50, acknowledged.Count);
            Answer list = await server.SendAsync(HttpMethod.Get, "/scopes/list", null, key);
            CollectionAssert.AreEqual(acknowledged, list.Body["scopes"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()).ToArray());
            for (int i = 0; i < 50 && !server.Output.Contains("the disk is full", StringComparison.Ordinal); i++)
            {
                await Task.Delay(100);
            }

            StringAssert.Contains(server.Output, "failed: the disk is full", StringComparison.Ordinal);
            server.Kill();
            await using ServerProcess again = await ServerProcess.StartAsync([.. where]);
            list = await again.SendAsync(HttpMethod.Get, "/scopes/list", null, key);
            Assert.AreEqual(acknowledged.Count, list.Body["scopes"]!.AsArray().Count);
        }

        /// <summary>A file system of 4 MB, which only root can make.</summary>
        private sealed class SmallDisk : IAsyncDisposable
        {
            private string Ballast => Path.Combine(Folder, "ballast");

            public string Folder { get; } = ServerRig.NewFolder();

            public string Outside { get; } = ServerRig.NewFolder();

            public static SmallDisk Mount()
            {
                SmallDisk disk = new();
                if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.Folder) != 0)
                {
                    Assert.Inconclusive("a small file system can be mounted by root on Linux only: the tests of a full disk are skipped");
                }

                return disk;
            }

            public void Fill()
            {
                try
                {
                    using FileStream file = new(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, 1);
                    byte[] page = new byte[4096];
                    while (true)
                    {
                        file.Write(page);
                        file.Flush(flushToDisk: true);
                    }
                }
                catch (IOException)
                {
                    // Full, as it should be.
                }
            }

            public void Free() => File.Delete(Ballast);

            public ValueTask DisposeAsync()
            {
                Run("umount", "-l", Folder);
                Directory.Delete(Folder, recursive: true);
                Directory.Delete(Outside, recursive: true);
                return ValueTask.CompletedTask;
            }

            private static int Run(string program, params string[] arguments)
            {
                using Process process = Process.Start(program, arguments);
                process.WaitForExit();
                return process.ExitCode;
            }
        }
    }
}
