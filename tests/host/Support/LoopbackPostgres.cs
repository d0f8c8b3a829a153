using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Npgsql;

namespace DoorController.Tests.Support
{
    /// <summary>
    /// One PostgreSQL server for a run of tests or of the bench: on loopback, with a data folder of its own that is removed. initdb refuses root, so root runs it
    /// as the user postgres, whom Debian's package makes.
    /// </summary>
    internal sealed class LoopbackPostgres
    {
        private static readonly Lazy<LoopbackPostgres> Only = new(() => new LoopbackPostgres(), LazyThreadSafetyMode.ExecutionAndPublication);
        private static int _databases;
        private readonly string _folder = Path.Combine(Path.GetTempPath(), "door-postgres-" + Guid.NewGuid().ToString("n"));
        private readonly string? _bin;
        private readonly int _port;
        private readonly string _missing = "no PostgreSQL here (apt-get install postgresql): its half of the key server's tests is skipped";

        private LoopbackPostgres()
        {
            _bin = FindBin();
            if (_bin == null)
            {
                return;
            }

            if (Environment.IsPrivilegedProcess && Run("id", "postgres") != 0)
            {
                _missing = "root cannot run PostgreSQL and there is no user postgres: its half of the key server's tests is skipped";
                _bin = null;
                return;
            }

            _port = FreePort();
            Directory.CreateDirectory(_folder);
            Check(Environment.IsPrivilegedProcess ? Run("chown", "postgres", _folder) : 0, "chown");
            Check(As("initdb", "-D", _folder, "-U", "door", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"), "initdb");
            Check(
                As("pg_ctl", "-D", _folder, "-l", Path.Combine(_folder, "log"), "-w", "-t", "60", "-o",
                    $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200", "start"),
                "pg_ctl start");
        }

        /// <summary>Why there is none; null when there is one.</summary>
        public static string? Missing => Only.Value._bin == null ? Only.Value._missing : null;

        /// <summary>A connection string of a new, empty database.</summary>
        /// <exception cref="InvalidOperationException">There is no PostgreSQL.</exception>
        public static string NewDatabase()
        {
            string name = "door" + Interlocked.Increment(ref _databases);
            (Missing == null ? Only.Value : throw new InvalidOperationException(Missing)).Execute("CREATE DATABASE " + name);
            return Only.Value.Connection(name);
        }

        /// <summary>Takes a database away from whoever uses it.</summary>
        public static void Drop(string connection) =>
            Only.Value.Execute($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connection).Database} WITH (FORCE)");

        /// <summary>Makes one database a copy of another, as a restored backup would.</summary>
        public static void Copy(string from, string to)
        {
            string source = new NpgsqlConnectionStringBuilder(from).Database!;
            string target = new NpgsqlConnectionStringBuilder(to).Database!;
            Drop(to);
            Only.Value.Execute($"CREATE DATABASE {target} TEMPLATE {source}");
        }

        /// <summary>Stops it, if it was started, and removes its folder.</summary>
        public static void Stop()
        {
            if (Only.IsValueCreated && Only.Value._bin != null)
            {
                Only.Value.As("pg_ctl", "-D", Only.Value._folder, "-m", "immediate", "-w", "stop");
                Directory.Delete(Only.Value._folder, recursive: true);
            }
        }

        private static string? FindBin() => Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin"))
                .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")));

        private static int FreePort()
        {
            using TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        private static void Check(int exitCode, string what)
        {
            if (exitCode != 0)
            {
                throw new InvalidOperationException($"{what} ended with {exitCode}");
            }
        }

        private static int Run(string program, params string[] arguments)
        {
            // Its output goes nowhere: a server that pg_ctl starts would keep a pipe open for ever.
            using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments])
            {
                WorkingDirectory = "/",
            })!;
            process.WaitForExit();
            return process.ExitCode;
        }

        private int As(string program, params string[] arguments) => Environment.IsPrivilegedProcess
            ? Run("runuser", ["-u", "postgres", "--", Path.Combine(_bin!, program), .. arguments])
            : Run(Path.Combine(_bin!, program), arguments);

        private string Connection(string database) => new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _port,
            Username = "door",
            Database = database,
        }.ConnectionString;

        private void Execute(string sql)
        {
            using NpgsqlConnection connection = new(Connection("postgres") + ";Pooling=false");
            connection.Open();
            using NpgsqlCommand command = new(sql, connection);
            command.ExecuteNonQuery();
        }
    }
}
