using System.IO;
using DoorController.KeyServer.Store;
using Microsoft.Data.Sqlite;

namespace DoorController.Tests.KeyServer.Keeping
{
    /// <summary>What a backup tool would keep: the database, and not the files beside the root.</summary>
    internal sealed class Backup
    {
        private readonly string _copy;

        private Backup(string copy) => _copy = copy;

        public static Backup Take(ServerRig rig)
        {
            if (rig.DatabaseSettings.Kind == DatabaseKind.PostgreSql)
            {
                string copy = PostgresServer.NewDatabase();
                PostgresServer.Copy(rig.DatabaseSettings.ConnectionString, copy);
                return new Backup(copy);
            }

            string file = Path.Combine(rig.Folder, "backup");
            using SqliteConnection from = new(rig.DatabaseSettings.ConnectionString);
            using SqliteConnection to = new("Pooling=false;Data Source=" + file);
            from.Open();
            to.Open();
            from.BackupDatabase(to);
            return new Backup(file);
        }

        public void Restore(ServerRig rig)
        {
            if (rig.DatabaseSettings.Kind == DatabaseKind.PostgreSql)
            {
                PostgresServer.Copy(_copy, rig.DatabaseSettings.ConnectionString);
                return;
            }

            string file = Path.Combine(rig.Folder, "keyserver.db");
            File.Delete(file + "-wal");
            File.Delete(file + "-shm");
            File.Copy(_copy, file, overwrite: true);
        }
    }
}
