using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer
{
    /// <summary>The PostgreSQL server of the test run. A test that wants it is skipped where there is none.</summary>
    internal static class PostgresServer
    {
        /// <summary>A connection string of a new, empty database.</summary>
        public static string NewDatabase()
        {
            if (LoopbackPostgres.Missing is string missing)
            {
                Assert.Inconclusive(missing);
            }

            return LoopbackPostgres.NewDatabase();
        }

        /// <summary>Takes a database away from whoever uses it.</summary>
        public static void Drop(string connection) => LoopbackPostgres.Drop(connection);

        /// <summary>Makes one database a copy of another, as a restored backup would.</summary>
        public static void Copy(string from, string to) => LoopbackPostgres.Copy(from, to);
    }

    /// <summary>Ends what the tests of this assembly share.</summary>
    [TestClass]
    public sealed class PostgresServerEnd
    {
        [AssemblyCleanup]
        public static void Stop() => LoopbackPostgres.Stop();
    }
}
