using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer
{
    /// <summary>What a server keeps, to see whether anything of it changed.</summary>
    internal static class AllRows
    {
        /// <summary>Every row of every table but some.</summary>
        public static async Task<string> OfAsync(ServerRig server, params string[] but) => await server.Site.Database.ReadAsync(async s =>
        {
            List<string> tables = await s.QueryAsync(
                server.DatabaseSettings.Kind == DatabaseKind.Sqlite
                    ? "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                    : "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
                row => row.GetString(0));
            List<string> rows = [];
            foreach (string table in tables.Except(but))
            {
                rows.Add(table);
                rows.AddRange((await s.QueryAsync(
                    $"SELECT * FROM {table}",
                    row => string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : row.GetValue(i).ToString()))))
                    .Order(StringComparer.Ordinal));
            }

            Assert.IsGreaterThan(10, tables.Count);
            return string.Join('\n', rows);
        });
    }
}
