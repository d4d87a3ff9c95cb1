// Runs Parcoursup's published call order (its sources are named by TANDEM_PARCOURSUP and are not here) on the lists that our own is timed on.
// CallOrder IN OUT RUNS: reads n, percent of the first group, percent of the second, then n numbers (bit 0 first group, bit 1 second) as int32 in the
// machine's order; writes the order as places in the list and prints the nanoseconds of each run.
import fr.parcoursup.algos.ordreappel.algo.GroupeClassement;
import fr.parcoursup.algos.ordreappel.algo.VoeuClasse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

public class CallOrder {
  public static void main(String[] args) throws Exception {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(Path.of(args[0]))).order(ByteOrder.nativeOrder());
    int n = in.getInt();
    int first = in.getInt();
    int second = in.getInt();
    int[] groups = new int[n];
    for (int i = 0; i < n; i++) groups[i] = in.getInt();
    ByteBuffer out = ByteBuffer.allocate(4 * n).order(ByteOrder.nativeOrder());
    for (int run = Integer.parseInt(args[2]); run > 0; run--) {
      GroupeClassement list = new GroupeClassement(0, first, second);
      VoeuClasse[] wishes = new VoeuClasse[n];
      for (int i = 0; i < n; i++) {
        wishes[i] = new VoeuClasse(i, i + 1, (groups[i] & 1) != 0, (groups[i] & 2) != 0);
        list.ajouterVoeu(wishes[i]);
      }
      long started = System.nanoTime();
      list.calculerOrdreAppel();
      System.out.println(System.nanoTime() - started);
      for (int i = 0; i < n; i++) out.putInt(4 * (wishes[i].getRangAppel() - 1), i);
    }
    Files.write(Path.of(args[1]), out.array());
  }
}
